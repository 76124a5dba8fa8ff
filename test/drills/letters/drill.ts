/**
 * Fifty queues with more than a million dead letters: how long a look takes, and how much memory. The letters are made as
 * workers make them, of a few kinds of faults.
 */
import { BatchBuilder } from '../../../scripts/tools/client.ts'
import { rssHighWaterMark } from '../../../scripts/tools/memory.ts'
import { systemClock } from '../../../scripts/tools/world.ts'
import { reject } from '../../../src/faults.ts'
import { deadLetterHeaders } from '../../../src/runtime/failures/dead-letter.ts'
import { millrace } from '../cli.ts'
import type { Drill, Stage } from '../drill.ts'

const app = 'drill-shop'
const queues = 50
const defaultRecords = 1_000_000
const inOthers = 1_000
const partitions = 8
const most = { lsSeconds: 2, groupsSeconds: 20, groupsMegabytes: 200 }
const big = `${app}.dlq.big`

export const letters: Drill = {
  name: 'letters',
  about: 'how long a look at 50 queues of a million dead letters takes',
  async run(stage) {
    const records = stage.records ?? defaultRecords
    const names = [big, ...Array.from({ length: queues - 1 }, (_, index) => `${app}.dlq.small-${index}`)]
    await stage.kafka.topics.create(names.map((name) => ({ name, partitions, configs: { 'retention.ms': '-1' } })))
    for (const name of names) await fill(stage, name, name === big ? records : inOthers)
    stage.say(`${queues} queues are filled`)
    const total = records + inOthers * (queues - 1)
    const ls = await timed(stage, 'dlq', 'ls', app)
    const groups = await timed(stage, 'dlq', 'groups', big)
    const found = sum(ls.printed, 'queues', 'open')
    const grouped = sum(groups.printed, 'groups', 'count')
    const complaints: string[] = []
    const isTimed = stage.records === null
    if (isTimed && ls.seconds > most.lsSeconds) complaints.push(`ls took ${ls.seconds} s`)
    if (isTimed && groups.seconds > most.groupsSeconds) complaints.push(`groups took ${groups.seconds} s`)
    if (isTimed && groups.megabytes > most.groupsMegabytes) complaints.push(`groups took ${groups.megabytes} MB`)
    if (grouped !== records) complaints.push(`groups counts ${grouped} letters of ${records}`)
    return {
      records: total,
      expected: total,
      found,
      lost: Math.max(0, total - found),
      doubled: Math.max(0, found - total),
      lsSeconds: ls.seconds,
      groupsSeconds: groups.seconds,
      groupsMegabytes: groups.megabytes,
      complaints,
    }
  },
}

function sum(printed: Record<string, unknown>, list: string, field: string): number {
  const rows = printed[list] as readonly Record<string, unknown>[]
  return rows.reduce((total, row) => total + Number(row[field]), 0)
}

interface Timed {
  readonly seconds: number
  readonly megabytes: number
  readonly printed: Record<string, unknown>
}

async function timed({ brokers, say }: Stage, ...words: readonly string[]): Promise<Timed> {
  const begun = systemClock.monotonic()
  const { child, ended } = millrace(brokers, ...words, '--json')
  let bytes = 0
  const watch = setInterval(() => {
    bytes = Math.max(bytes, rssHighWaterMark(child.pid ?? -1))
  }, 50)
  const { code, stdout, stderr } = await ended
  clearInterval(watch)
  if (code !== 0) throw new Error(`millrace ${words.join(' ')} ended with ${code}\n${stderr}`)
  const seconds = Math.round(systemClock.monotonic() - begun) / 1_000
  const megabytes = Math.round(bytes / 1_048_576)
  say(`millrace ${words.join(' ')}: ${seconds} s, ${megabytes} MB`)
  return { seconds, megabytes, printed: JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, unknown> }
}

/** Of a few kinds of faults, each as a worker would have written it. */
function headersOf(queue: string, id: number): ReturnType<typeof deadLetterHeaders> {
  return deadLetterHeaders({
    app,
    version: '9f86d081884c',
    node: ['price', 'weigh', 'ship'][id % 3]!,
    stage: 'process',
    error: errors[id % errors.length],
    task: `orders-${id % partitions}`,
    group: app,
    at: 1_700_000_000_000 + id,
    source: {
      topic: queue.replace(`${app}.dlq.`, ''),
      partition: id % partitions,
      offset: Math.floor(id / partitions),
      timestamp: 1_600_000_000_000 + id,
      timestampType: 'CreateTime',
      headers: [],
    },
  } as Parameters<typeof deadLetterHeaders>[0])
}

const errors = [reject('costs less than nothing'), new TypeError('weight is not a number'), new Error('no truck')]

async function fill({ kafka }: Stage, topic: string, records: number): Promise<void> {
  const producer = kafka.producer()
  const perBatch = 400
  for (let first = 0; first < records; first += perBatch * partitions) {
    const batches = Array.from({ length: partitions }, () => new BatchBuilder())
    for (let id = first; id < Math.min(records, first + perBatch * partitions); id++)
      batches[id % partitions]!.append(1_700_000_000_000, `order-${id}`, `{"id":${id}}`, headersOf(topic, id))
    await Promise.all(
      batches.map((batch, partition) => (batch.count > 0 ? producer.append({ topic, partition }, batch) : null)),
    )
  }
  await producer.close()
}
