/** `npm run bench`: how many records a second one worker process takes, exactly once. The method is in `README.md`. */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { kafkaAvailable, startKafka } from '../scripts/kafka.ts'
import { connectTool } from '../scripts/tools/client.ts'
import { type StartedBroker, startEmbedded } from '../scripts/tools/embedded.ts'
import { benchClients, clientUsage, parseClientArguments } from './client/main.ts'
import { fill } from './fill.ts'
import { type Bench, measure } from './measure.ts'
import { describeRow, type Row } from './row.ts'
import { benchState, parseStateArguments, stateUsage, stateWorks } from './state/main.ts'
import { isWorkName, type WorkName, works } from './work.ts'

const usage = `npm run bench -- [WORK…] [--records N] [--broker kafka|embedded] [--json]

  WORK        ${Object.keys(works).join(', ')} (default: all)
  --records   bids to write and read, default 5000000
  --broker    kafka (default; needs Java and Maven) or embedded
  --json      print the rows as one JSON array instead of words

${clientUsage}

${stateUsage}`

interface BenchOptions {
  readonly works: readonly WorkName[]
  readonly records: number
  readonly broker: 'kafka' | 'embedded'
  readonly json: boolean
}

/** @throws Error with a sentence for the user when a word is not understood */
function parseBenchArguments(words: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      records: { type: 'string', default: '5000000' },
      broker: { type: 'string', default: 'kafka' },
      json: { type: 'boolean', default: false },
    },
  })
  const names = positionals.length > 0 ? positionals : Object.keys(works)
  const wrong = names.find((name) => !isWorkName(name))
  if (wrong !== undefined) throw new Error(`There is no work "${wrong}"`)
  const records = Number(values.records)
  if (!Number.isSafeInteger(records) || records < 1) throw new Error(`--records cannot be "${values.records}"`)
  const { broker, json } = values
  if (broker !== 'kafka' && broker !== 'embedded') throw new Error(`--broker cannot be "${broker}"`)
  return { works: names.filter(isWorkName), records, broker, json }
}

async function startBroker(kind: BenchOptions['broker']): Promise<StartedBroker> {
  if (kind === 'embedded') return startEmbedded()
  const lacking = kafkaAvailable()
  if (lacking !== null) throw new Error(`Apache Kafka cannot be started: ${lacking}. Try --broker embedded`)
  return startKafka({ heap: '1g', compile: 'full' })
}

async function bench(options: BenchOptions): Promise<Row[]> {
  const broker = await startBroker(options.broker)
  const kafka = await connectTool(broker.brokers, 'bench')
  try {
    const input = await fill(kafka, options.records)
    console.error(`${input.records.toLocaleString('en')} bids written, ${input.meanBytes.toFixed(0)} bytes each`)
    const name = options.broker === 'kafka' ? 'kafka 4.1.0' : 'embedded'
    const place: Bench = { kafka, brokers: broker.brokers, broker: name, version: ownVersion() }
    const rows: Row[] = []
    for (const work of options.works) {
      rows.push(await measure(place, work, input))
      console.error(describeRow(rows.at(-1)!))
    }
    return rows
  } finally {
    await kafka.close()
    await broker.stop()
  }
}

function ownVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { readonly version: string }).version
}

/** What the words ask for: the client bench by its name, else works of the runtime. */
function parseArguments(words: readonly string[]): { readonly json: boolean; run(): Promise<Row[]> } {
  if (stateWorks.some((work) => work === words[0])) {
    const options = parseStateArguments(words)
    return { json: options.json, run: () => benchState(options, ownVersion()) }
  }
  if (words[0] !== 'client') {
    const options = parseBenchArguments(words)
    return { json: options.json, run: () => bench(options) }
  }
  const options = parseClientArguments(words.slice(1))
  return { json: options.json, run: () => benchClients(options, ownVersion()) }
}

/** null when the words make no sense. */
function readArguments(): ReturnType<typeof parseArguments> | null {
  try {
    return parseArguments(process.argv.slice(2))
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`)
    return null
  }
}

const asked = readArguments()
if (asked === null) process.exit(2)
try {
  const rows = await asked.run()
  console.log(asked.json ? JSON.stringify(rows) : rows.map(describeRow).join('\n'))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
