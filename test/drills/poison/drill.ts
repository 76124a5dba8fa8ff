/**
 * One record in a hundred is poison and a worker is killed every two seconds: the dead letters are the poison, each once,
 * all else comes out once. Then, without kills, what poison costs: a clean run and a poisoned one in turn.
 */
import { fileURLToPath } from 'node:url'
import { randomName, systemRandom } from '../../../scripts/tools/world.ts'
import { Crew } from '../crew.ts'
import type { Drill, DrillResult, Stage } from '../drill.ts'
import { fill } from './fill.ts'
import { verify } from './verify.ts'

const defaultRecords = 1_000_000
const partitions = 8
const killEveryMilliseconds = 2_000
/** The records come in over so many seconds, so that there is work whenever a worker dies. */
const inflowSeconds = 30
const rounds = 3
const leastShareOfCleanSpeed = 0.7
const file = fileURLToPath(new URL('./topology.ts', import.meta.url))

export const poison: Drill = {
  name: 'poison',
  about: '1 % of the records are poison, workers are killed every 2 s',
  async run(stage) {
    const records = stage.records ?? defaultRecords
    const killed = await runKilled(stage, records)
    if (stage.records !== null) return killed
    const speed = await compareSpeeds(stage, records)
    const tooSlow =
      speed.shareOfCleanSpeed >= leastShareOfCleanSpeed
        ? []
        : [`with poison it is ${speed.shareOfCleanSpeed} times as fast, it must be ${leastShareOfCleanSpeed}`]
    return { ...killed, ...speed, complaints: [...killed.complaints, ...tooSlow] }
  },
}

async function runKilled(stage: Stage, records: number): Promise<DrillResult> {
  const { kafka, brokers, say } = stage
  const topic = 'drill-orders'
  await createTopics(stage, topic)
  const app = `shop-${topic}`
  const crew = new Crew({ file, app, brokers, instances: ['a', 'b', 'c'], environment: { POISON_INPUT: topic } })
  crew.start()
  let isFilled = false
  const filling = fill(kafka, {
    topic,
    partitions,
    records,
    rate: Math.ceil(records / inflowSeconds),
    withPoison: true,
  }).then(() => {
    isFilled = true
  })
  await crew.rage(kafka, killEveryMilliseconds, () => isFilled)
  await filling
  say(`${records} records are in, ${crew.kills} kills, ${crew.killsInTransaction} of them in a transaction`)
  await crew.strikeAll(kafka)
  crew.start(`drill-${randomName(systemRandom)}`)
  await crew.finished()
  say('the workers are through')
  const { receipts, deadLetters, lost, doubled, complaints } = await verify(
    kafka,
    records,
    `${topic}-receipts`,
    `${app}.dlq.orders`,
  )
  const { kills, killsInTransaction } = crew
  const tooFew =
    kills >= 10 && killsInTransaction >= 3
      ? []
      : [`${kills} kills, ${killsInTransaction} in a transaction, are too few`]
  return {
    records,
    expected: records,
    found: receipts + deadLetters,
    lost,
    doubled,
    deadLetters,
    kills,
    killsInTransaction,
    complaints: [...complaints, ...tooFew],
  }
}

interface Speeds {
  readonly cleanPerSecond: number
  readonly poisonedPerSecond: number
  readonly shareOfCleanSpeed: number
}

/** One worker process; medians of some rounds. */
async function compareSpeeds(stage: Stage, records: number): Promise<Speeds> {
  const speeds: Record<'clean' | 'poisoned', number[]> = { clean: [], poisoned: [] }
  for (let round = 0; round < rounds; round++) {
    for (const kind of ['clean', 'poisoned'] as const) {
      const topic = `drill-${kind}-${round}`
      await createTopics(stage, topic)
      await fill(stage.kafka, { topic, partitions, records, rate: 0, withPoison: kind === 'poisoned' })
      speeds[kind].push(await speedOf(stage, topic, records))
    }
  }
  const [clean, poisoned] = [median(speeds.clean), median(speeds.poisoned)]
  return {
    cleanPerSecond: Math.round(clean),
    poisonedPerSecond: Math.round(poisoned),
    shareOfCleanSpeed: Number((poisoned / clean).toFixed(2)),
  }
}

async function speedOf({ brokers, say }: Stage, topic: string, records: number): Promise<number> {
  const crew = new Crew({ file, app: `shop-${topic}`, brokers, instances: ['a'], environment: { POISON_INPUT: topic } })
  crew.start(`drill-${topic}`)
  const [end] = await crew.finished()
  const { firstCommitStarted, lastCommitEnded } = end!.usage!
  const perSecond = records / ((lastCommitEnded! - firstCommitStarted!) / 1_000)
  say(`${topic}: ${Math.round(perSecond)} records a second`)
  return perSecond
}

async function createTopics({ kafka }: Stage, topic: string): Promise<void> {
  const configs = { 'retention.ms': '-1' }
  await kafka.topics.create([topic, `${topic}-receipts`].map((name) => ({ name, partitions, configs })))
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1]!
}
