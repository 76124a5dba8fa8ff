/** `millrace topics create NAME…` */
import { withKafka } from './client.ts'

/** The flags, parsed. */
export interface CreateFlags {
  readonly brokers?: readonly string[]
  readonly partitions?: number
  readonly config: Readonly<Record<string, string>>
  readonly json: boolean
}

/** Makes the topics that are not there yet and prints what there is now. */
export async function createCommand(names: readonly string[], flags: CreateFlags): Promise<void> {
  const { brokers, partitions, config, json } = flags
  const infos = await withKafka(brokers, async (kafka) => {
    await kafka.topics.create(names.map((name) => ({ name, configs: config, ...(partitions && { partitions }) })))
    return await kafka.topics.describe(names)
  })
  const topics = infos.map((info) => ({ name: info.name, partitions: info.partitions }))
  if (json) console.log(JSON.stringify(topics))
  else for (const topic of topics) console.log(`${topic.name}  ${topic.partitions} partitions`)
}
