/** `npm run bench -- client`: what a client alone can do, beside kafkajs and the Java client, on the same broker. */
import { parseArgs } from 'node:util'
import { kafkaAvailable, startKafka } from '../../scripts/kafka.ts'
import { connectTool, type Kafka } from '../../scripts/tools/client.ts'
import { type StartedBroker, startEmbedded } from '../../scripts/tools/embedded.ts'
import { recreateTopics } from '../../scripts/tools/topics.ts'
import type { Row } from '../row.ts'
import { type ClientWork, clientWorks, type Report, topicPartitions } from './report.ts'
import { rowsOf } from './rows.ts'
import { type SystemName, systemsOf } from './systems.ts'

export const clientUsage = `npm run bench -- client [WORK…] [--records N] [--transactions N] [--rounds N] [--broker kafka|embedded|both] [--json]

  WORK            ${clientWorks.join(', ')} (default: all)
  --records       records of 100 bytes, default 3000000; kafkajs gets a fifth
  --transactions  transactions over 3 partitions, default 500; kafkajs gets a fifth
  --rounds        how often every client takes its turn, default 3
  --broker        default both`

type BrokerKind = 'kafka' | 'embedded'

interface ClientOptions {
  readonly works: readonly ClientWork[]
  readonly records: number
  readonly transactions: number
  readonly rounds: number
  readonly brokers: readonly BrokerKind[]
  readonly json: boolean
}

/** @throws Error with a sentence for the user when a word is not understood */
export function parseClientArguments(words: readonly string[]): ClientOptions {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      records: { type: 'string', default: '3000000' },
      transactions: { type: 'string', default: '500' },
      rounds: { type: 'string', default: '3' },
      broker: { type: 'string', default: 'both' },
      json: { type: 'boolean', default: false },
    },
  })
  const names = positionals.length > 0 ? positionals : clientWorks
  return {
    works: names.map((name) => clientWorks.find((work) => work === name) ?? refuse('work', name)),
    records: wholeNumber('--records', values.records),
    transactions: wholeNumber('--transactions', values.transactions),
    rounds: wholeNumber('--rounds', values.rounds),
    brokers: values.broker === 'both' ? ['kafka', 'embedded'] : [brokerKind(values.broker)],
    json: values.json,
  }
}

function brokerKind(name: string): BrokerKind {
  return name === 'kafka' || name === 'embedded' ? name : refuse('broker', name)
}

function wholeNumber(name: string, value: string): number {
  const number = Number(value)
  return Number.isSafeInteger(number) && number > 0 ? number : refuse(name, value)
}

function refuse(what: string, word: string): never {
  throw new Error(`${what} cannot be "${word}"`)
}

/** Runs every client in turn, round by round, and gives the rows: of each client, and of ours beside each peer. */
export async function benchClients(options: ClientOptions, version: string): Promise<Row[]> {
  const rows: Row[] = []
  for (const kind of options.brokers) {
    const broker = await startBroker(kind)
    try {
      for (const work of options.works) rows.push(...(await measureWork(options, work, broker, kind, version)))
    } finally {
      await broker.stop()
    }
  }
  return rows
}

async function startBroker(kind: BrokerKind): Promise<StartedBroker> {
  if (kind === 'embedded') return startEmbedded()
  const lacking = kafkaAvailable()
  if (lacking !== null) throw new Error(`Apache Kafka cannot be started: ${lacking}. Try --broker embedded`)
  return startKafka({ heap: '1g', compile: 'full' })
}

async function measureWork(
  options: ClientOptions,
  work: ClientWork,
  broker: StartedBroker,
  kind: BrokerKind,
  version: string,
): Promise<Row[]> {
  const kafka = await connectTool(broker.brokers, 'bench')
  const systems = systemsOf(version)
  const names = Object.keys(systems) as SystemName[]
  const reports = new Map<SystemName, Report[]>(names.map((name) => [name, []]))
  const total = work === 'transaction' ? options.transactions : options.records
  const topic = `bench.${work}`
  try {
    await newTopic(kafka, topic)
    if (work === 'consume') {
      await systems.millrace.run({ work: 'produce', brokers: broker.brokers, topic, count: total })
    }
    for (let round = 0; round < options.rounds; round++) {
      for (const name of names) {
        if (work !== 'consume') await newTopic(kafka, topic)
        const count = Math.ceil(total * systems[name].share)
        const report = await systems[name].run({ work, brokers: broker.brokers, topic, count })
        console.error(`${kind} ${work} ${name}: ${Math.round(report.count / report.seconds).toLocaleString('en')}/s`)
        reports.get(name)!.push(report)
      }
    }
    await recreateTopics(kafka, [topic], [])
  } finally {
    await kafka.close()
  }
  return rowsOf({ work, broker: kind === 'kafka' ? 'kafka' : 'embedded', systems, reports })
}

async function newTopic(kafka: Kafka, name: string): Promise<void> {
  await recreateTopics(kafka, [name], [{ name, partitions: topicPartitions }])
}
