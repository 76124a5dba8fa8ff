/**
 * The neighbour of four worker processes is gone for ten seconds and sick for ten more. No record becomes a dead letter, at
 * most one probe of each worker is under way at a time, and within a second of its recovery every worker is at work again.
 */
import { fileURLToPath } from 'node:url'
import { randomName, sleep, systemClock, systemRandom } from '../../../scripts/tools/world.ts'
import { Crew } from '../crew.ts'
import type { Drill, Stage } from '../drill.ts'
import { countIds, countRecords, forever, tally, write } from '../numbers.ts'
import { byWorker, mostAtOnce, Neighbour, type Visit } from './neighbour.ts'

const defaultRecords = 60_000
const partitions = 8
const instances = ['a', 'b', 'c', 'd']
const closesAfter = 3
/** Slow enough that two at a time are seen. */
const probeMilliseconds = 40
const longestResumeMilliseconds = 1_000
const file = fileURLToPath(new URL('./topology.ts', import.meta.url))

interface Outage {
  /** On the monotonic clock. */
  readonly sickAt: number
  readonly wellAt: number
}

export const breaker: Drill = {
  name: 'breaker',
  about: 'the HTTP server that four workers ask is down for 20 s',
  async run(stage) {
    const records = stage.records ?? defaultRecords
    const { kafka } = stage
    await kafka.topics.create(['drill-orders', 'drill-scored'].map((name) => ({ name, partitions, configs: forever })))
    await write(kafka, 'drill-orders', partitions, numbered(records))
    const neighbour = new Neighbour()
    const crew = new Crew({
      file,
      app: 'drill-score',
      brokers: stage.brokers,
      instances,
      environment: { DRILL_NEIGHBOUR: await neighbour.start() },
    })
    crew.start(`drill-${randomName(systemRandom)}`)
    const outage = await fallIll(stage, neighbour, records)
    await crew.finished()
    await neighbour.stop()
    const { found, lost, doubled } = tally(await countIds(kafka, 'drill-scored', records))
    const deadLetters = await countRecords(kafka, 'drill-score.dlq.orders')
    const seen = judge(neighbour.visits, outage, stage.records === null)
    const complaints = deadLetters === 0 ? seen.complaints : [...seen.complaints, `${deadLetters} dead letters`]
    return { records, expected: records, found, lost, doubled, deadLetters, ...seen, complaints }
  },
}

function* numbered(records: number): Generator<{ key: string; value: { id: number } }> {
  for (let id = 0; id < records; id++) yield { key: `order-${id}`, value: { id } }
}

async function fallIll({ say }: Stage, neighbour: Neighbour, records: number): Promise<Outage> {
  const before = Math.min(10_000, records / 4)
  while (neighbour.visits.length < before || byWorker(neighbour.visits).size < instances.length)
    await sleep(systemClock, 20)
  await neighbour.become('gone')
  say(`the neighbour is gone after ${neighbour.visits.length} questions`)
  await sleep(systemClock, 10_000)
  neighbour.answerMilliseconds = probeMilliseconds
  await neighbour.become('sick')
  const sickAt = systemClock.monotonic()
  say('the neighbour is back, and sick')
  await sleep(systemClock, 10_000)
  await neighbour.become('well')
  const wellAt = systemClock.monotonic()
  say('the neighbour is well')
  await sleep(systemClock, 2 * longestResumeMilliseconds)
  neighbour.answerMilliseconds = 2
  return { sickAt, wellAt }
}

interface Seen {
  readonly workers: number
  readonly probes: number
  readonly mostProbesAtOnce: number
  readonly longestResumeMilliseconds: number
  readonly complaints: readonly string[]
}

/** While it was sick every question was a probe, and so were the first of each worker afterwards. */
function judge(visits: readonly Visit[], { sickAt, wellAt }: Outage, timed: boolean): Seen {
  const workers = [...byWorker(visits).values()]
  const probes = workers.map((own) => probesOf(own, sickAt))
  const mostProbesAtOnce = Math.max(...probes.map(mostAtOnce))
  const resumes = workers.map(
    (own) => (own.find(({ from }) => from >= wellAt)?.from ?? Number.POSITIVE_INFINITY) - wellAt,
  )
  const longest = Math.round(Math.max(...resumes))
  const complaints: string[] = []
  if (workers.length !== instances.length) complaints.push(`${workers.length} workers asked, not ${instances.length}`)
  if (probes.some(({ length }) => length < closesAfter + 5)) complaints.push('a worker hardly probed at all')
  if (mostProbesAtOnce > 1) complaints.push(`${mostProbesAtOnce} probes of one worker were under way at once`)
  if (timed && longest > longestResumeMilliseconds) complaints.push(`a worker asked again only after ${longest} ms`)
  return {
    workers: workers.length,
    probes: probes.reduce((sum, { length }) => sum + length, 0),
    mostProbesAtOnce,
    longestResumeMilliseconds: longest,
    complaints,
  }
}

function probesOf(visits: readonly Visit[], sickAt: number): Visit[] {
  const since = visits.filter(({ from }) => from >= sickAt)
  const firstWell = since.findIndex(({ status }) => status === 200)
  return since.slice(0, firstWell < 0 ? since.length : firstWell + closesAfter)
}
