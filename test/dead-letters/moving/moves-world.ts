/** An app with a queue of dead letters, made by hand: no worker is needed to see where letters go. */
import { type CommittedRecord, committedRecords } from '../../../scripts/tools/committed.ts'
import { eachMark, type Mark } from '../../../src/dead-letters/marks.ts'
import { connectKafka } from '../../../src/kafka/native/index.ts'
import type { Kafka } from '../../../src/kafka/port.ts'
import type { RecordHeader } from '../../../src/record.ts'
import { deadLetterHeaders, type Failure } from '../../../src/runtime/failures/dead-letter.ts'
import { reentryOf } from '../../../src/runtime/reentry/headers.ts'
import type { GraphDescription } from '../../../src/topology/describe-graph.ts'
import { BatchBuilder } from '../../../src/wire/batch.ts'

export const source = 'sales'
export const partitions = 2
/** Kafka's time of the source records. */
export const sourceTime: number = Date.UTC(2013, 0, 1)

export interface PutLetter {
  readonly key?: string | null
  readonly value?: string
  readonly partition?: number
  readonly offset: number
  readonly headers?: readonly RecordHeader[]
  /** Behind ours, last: what they say wins. */
  readonly more?: Readonly<Record<string, string>>
  readonly topic?: string
}

export interface MovesWorld {
  readonly kafka: Kafka
  readonly app: string
  readonly queue: string
  readonly redrive: string
  readonly description: GraphDescription
  put(letters: readonly PutLetter[]): Promise<void>
  read(topic: string): Promise<CommittedRecord[]>
  marks(): Promise<Map<string, Mark>>
  /** Original offsets of what came back, in the order of the log. */
  redriven(partition?: number): Promise<number[]>
}

export async function movesWorld(
  kafka: Kafka,
  app: string,
  policy: 'dead-letter' | 'park' = 'dead-letter',
): Promise<MovesWorld> {
  const queue = `${app}.dlq.unscored`
  const redrive = `${app}.redrive.${source}`
  await kafka.topics.create([
    ...[source, queue, redrive].map((name) => ({ name, partitions, configs: { 'retention.ms': '-1' } })),
  ])
  const read = async (topic: string): Promise<CommittedRecord[]> => {
    const records: CommittedRecord[] = []
    for await (const record of committedRecords(kafka, topic)) records.push(record)
    return records
  }
  return {
    ...{ kafka, app, queue, redrive, read },
    description: descriptionOf(app, queue, redrive, policy),
    put: (letters) => putLetters(kafka, app, queue, letters),
    async marks() {
      const marks = new Map<string, Mark>()
      await eachMark(kafka, app, ({ partition, offset }, mark) => {
        if (mark === null) marks.delete(`${partition}/${offset}`)
        else marks.set(`${partition}/${offset}`, mark)
      })
      return marks
    },
    async redriven(partition) {
      const records = (await read(redrive)).filter((each) => partition === undefined || each.partition === partition)
      return records.map(({ headers }) => reentryOf(headers)?.offset ?? -1)
    },
  }
}

export function descriptionOf(app: string, queue: string, redrive: string, policy: string): GraphDescription {
  const node = { name: 'score', kind: 'map', role: 'node', inputs: [], outputs: [], late: [] } as const
  return {
    topology: app,
    subTopologies: [
      {
        id: 0,
        sources: [{ topic: source, node: 'source', writers: null }],
        nodes: [{ ...node, settings: { onFailure: [{ kind: policy, name: 'unscored' }] } }],
        stores: [],
        reentries: [{ topic: redrive, kind: 'redrive', sources: [source] }],
      },
    ],
    inputs: [{ name: source, kind: 'topic', key: 'text', value: 'json' } as GraphDescription['inputs'][number]],
    outputs: [],
    internal: [
      { name: queue, kind: 'dead-letter', partitionsOf: { topics: [source] }, feeds: [{ source, redrive }] },
      { name: redrive, kind: 'redrive', partitionsOf: { topics: [source] } },
    ],
  }
}

async function putLetters(kafka: Kafka, app: string, queue: string, letters: readonly PutLetter[]): Promise<void> {
  const producer = kafka.producer()
  const groups = Map.groupBy(letters, ({ partition = 0 }) => partition)
  for (const [partition, group] of groups) {
    for (let at = 0; at < group.length; at += 200) {
      const batch = new BatchBuilder()
      for (const letter of group.slice(at, at + 200)) {
        batch.append(Date.now(), letter.key ?? null, letter.value ?? `value ${letter.offset}`, headersOf(app, letter))
      }
      await producer.append({ topic: queue, partition }, batch)
    }
  }
  await producer.close()
}

function headersOf(app: string, letter: PutLetter): RecordHeader[] {
  const { offset, partition = 0, headers = [], more = {}, topic = source } = letter
  const failure: Failure = {
    ...{
      app,
      version: '9f86d081884c',
      node: 'score',
      stage: 'process',
      error: new RangeError('no score'),
      task: 'sales-0',
      group: app,
    },
    at: sourceTime + 1_000,
    source: { topic, partition, offset, timestamp: sourceTime + offset, timestampType: 'CreateTime', headers },
  }
  const later = Object.entries(more).map(([name, value]) => ({ name, value: Buffer.from(value) }))
  return [...deadLetterHeaders(failure), ...later]
}

export async function clientOf(brokers: string): Promise<Kafka> {
  const kafka = connectKafka({ clientId: 'moves', brokers: brokers.split(',') })
  await kafka.connect()
  return kafka
}
