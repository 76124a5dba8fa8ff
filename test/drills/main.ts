/**
 * `npm run drill -- poison|breaker|park|redrive [--embedded] [--records N] [--json]`: a fault, real worker processes, and a
 * count of every record afterwards. On Apache Kafka, or on the embedded broker. With `--records` no time is judged.
 */
import { parseArgs } from 'node:util'
import { startKafka } from '../../scripts/kafka.ts'
import { connectTool } from '../../scripts/tools/client.ts'
import { type StartedBroker, startEmbedded } from '../../scripts/tools/embedded.ts'
import { systemClock } from '../../scripts/tools/world.ts'
import type { Drill, DrillResult } from './drill.ts'
import { drills } from './drills.ts'

const usageExitCode = 2

interface Words {
  readonly drill: Drill
  readonly embedded: boolean
  readonly json: boolean
  readonly records: number | null
}

function readArguments(): Words | null {
  try {
    const { values, positionals } = parseArgs({
      options: {
        embedded: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        records: { type: 'string' },
      },
      allowPositionals: true,
    })
    const drill = drills.find(({ name }) => name === positionals[0])
    const records = values.records === undefined ? null : Number(values.records)
    const isRight = positionals.length === 1 && (records === null || (Number.isSafeInteger(records) && records > 0))
    if (drill !== undefined && isRight) return { ...values, drill, records }
    refuse('Which drill, and of how many records?')
  } catch (error) {
    refuse(error instanceof Error ? error.message : String(error))
  }
  return null
}

function refuse(why: string): void {
  const list = drills.map(({ name, about }) => `  ${name.padEnd(9)} ${about}`).join('\n')
  console.error(`${why}\n\nnpm run drill -- NAME [--embedded] [--records N] [--json]\n${list}`)
  process.exitCode = usageExitCode
}

async function play({ drill, embedded, records }: Words): Promise<DrillResult> {
  const broker: StartedBroker = embedded ? await startEmbedded() : await startKafka({ heap: '1g', compile: 'full' })
  try {
    const kafka = await connectTool(broker.brokers, `drill-${drill.name}`)
    const begun = systemClock.monotonic()
    const say = (remark: string): void =>
      console.error(`${((systemClock.monotonic() - begun) / 1000).toFixed(1).padStart(6)} s  ${remark}`)
    const result = await drill.run({ kafka, brokers: broker.brokers, records, say })
    await kafka.close()
    return result
  } finally {
    await broker.stop()
  }
}

/** True when nothing was wrong. */
function tell({ drill, embedded, json }: Words, { complaints, ...result }: DrillResult): boolean {
  for (const complaint of complaints) console.error(`wrong: ${complaint}`)
  const passed =
    complaints.length === 0 && result.lost === 0 && result.doubled === 0 && result.found === result.expected
  const told = { drill: drill.name, broker: embedded ? 'embedded' : 'kafka', ...result, passed }
  if (json) console.log(JSON.stringify(told))
  else for (const [name, value] of Object.entries(told)) console.log(`${name.padEnd(24)} ${JSON.stringify(value)}`)
  return passed
}

const words = readArguments()
if (words !== null) {
  try {
    process.exit(tell(words, await play(words)) ? 0 : 1)
  } catch (error) {
    console.error(error instanceof Error ? error.stack : error)
    process.exit(1)
  }
}
