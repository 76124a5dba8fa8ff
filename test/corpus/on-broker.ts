/** The corpus through a real worker: all files at once, told apart by their keys. */
import { connectTool } from '../../scripts/tools/client.ts'
import { startBroker } from '../../src/broker/index.ts'
import { from, run, type Serde, text, topic, topology } from '../../src/index.ts'
import type { Kafka } from '../../src/kafka/port.ts'
import { contentOf } from './content.ts'
import { dispositionOf, type Result } from './corpus.ts'
import { type Expected, expectations } from './expected.ts'
import { type RawRecord, read, textsOf, write } from './records.ts'
import { serdes } from './serdes.ts'

/** What the broker takes as it is. */
const sample = expectations.filter(({ tooLarge }) => !tooLarge)
/** One of each kind; the others share their code. */
const sampled = ['text', 'bytes', 'json', 'json-schema', 'avro', 'avro-list']

/** On an embedded broker. */
export async function resultsOnBroker(): Promise<Result[]> {
  const broker = await startBroker({ partitions: 1 })
  try {
    return await resultsAt(broker.address)
  } finally {
    await broker.close()
  }
}

/** Whatever broker is there. */
export async function resultsAt(brokers: string): Promise<Result[]> {
  const client = await connectTool(brokers, 'corpus')
  const inputs = sample.map((row) => ({ key: row.file, value: contentOf(row.file) }))
  const results: Result[] = []
  try {
    for (const serde of sampled) results.push(...(await throughWorker(client, brokers, serde, inputs)))
    return results
  } finally {
    await client.close()
  }
}

async function throughWorker(
  client: Kafka,
  brokers: string,
  serde: string,
  inputs: readonly RawRecord[],
): Promise<Result[]> {
  const [input, output] = [`${serde}.in`, `${serde}.out`]
  await client.topics.create([input, output].map((name) => ({ name, partitions: 1 })))
  await write(client, input, inputs)
  const value = serdes[serde] as Serde<unknown>
  const app = `corpus-${serde}`
  const copies = topology(app, from(topic(input, { key: text, value })).to(topic(output, { key: text, value })))
  await run(copies, { brokers, until: 'end', deadLetters: { rateLimit: 'off' } })
  const out = new Set((await read(client, output)).map(({ key }) => String(key)))
  const letters = new Map((await read(client, `${app}.dlq.${input}`)).map((letter) => [String(letter.key), letter]))
  return sample.map((row) => {
    const letter = letters.get(row.file)
    const got = out.has(row.file) ? 'ok' : letter === undefined ? 'nothing' : found(row, letter)
    return { file: row.file, stage: `worker ${serde}`, expected: dispositionOf(row, serde), got }
  })
}

function found(row: Expected, { value, headers }: Awaited<ReturnType<typeof read>>[number]): string {
  const content = contentOf(row.file)
  const isSame = content === null || value === null ? content === value : value.equals(content)
  const stage = textsOf(headers)['__millrace.dlq.stage']
  return isSame ? `DL(${stage})` : `DL(${stage}) with other bytes`
}
