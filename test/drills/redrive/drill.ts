/** A hundred thousand dead letters are redriven at a set rate; the tool is killed half way, and resumed. */
import { fileURLToPath } from 'node:url'
import { randomName, sleep, systemClock, systemRandom } from '../../../scripts/tools/world.ts'
import { millrace, millraceJson } from '../cli.ts'
import { Crew } from '../crew.ts'
import type { Drill, Stage } from '../drill.ts'
import { countIds, countRecords, forever, tally, write } from '../numbers.ts'

const defaultRecords = 100_000
const partitions = 8
const ratePerSecond = 5_000
const patienceMilliseconds = 180_000
const queue = 'drill-ship.dlq.orders'
const file = fileURLToPath(new URL('./topology.ts', import.meta.url))

export const redrive: Drill = {
  name: 'redrive',
  about: 'all dead letters are redriven, the tool is killed half way and resumed',
  async run(stage) {
    const { kafka, brokers, say } = stage
    const records = stage.records ?? defaultRecords
    await kafka.topics.create(['drill-orders', 'drill-shipped'].map((name) => ({ name, partitions, configs: forever })))
    await write(kafka, 'drill-orders', partitions, numbered(records))
    const broken = crewOf(stage, { MILLRACE_DLQ_RATE_LIMIT: 'off' })
    broken.start(`drill-${randomName(systemRandom)}`)
    await broken.finished()
    const deadLetters = await countRecords(kafka, queue)
    say(`${deadLetters} dead letters`)
    const mended = crewOf(stage, { DRILL_MENDED: 'yes' })
    mended.start()
    const killedAt = await killHalfWay(stage, records)
    const job = await openJob(brokers)
    const resumed = systemClock.monotonic()
    await millraceJson(brokers, 'dlq', 'redrive', 'resume', job, '--yes')
    const resumedSeconds = (systemClock.monotonic() - resumed) / 1_000
    await shippedAll(stage, mended, records)
    await mended.stop()
    const counted = tally(await countIds(kafka, 'drill-shipped', records))
    const complaints = deadLetters === records ? [] : [`${deadLetters} dead letters, not ${records}`]
    if (killedAt === 0 || killedAt >= records) complaints.push(`killed after ${killedAt} records, not half way`)
    // Two partitions in ten may have been ahead of the others; a rate that nobody keeps is over in no time.
    if (resumedSeconds < ((records - killedAt) / ratePerSecond) * 0.8) complaints.push('the rate was not kept')
    return { records, expected: records, ...counted, deadLetters, killedAt, resumedSeconds, complaints }
  },
}

function crewOf({ brokers }: Stage, environment: Readonly<Record<string, string>>): Crew {
  return new Crew({ file, app: 'drill-ship', brokers, instances: ['a', 'b'], environment })
}

function* numbered(records: number): Generator<{ key: string; value: { id: number } }> {
  for (let id = 0; id < records; id++) yield { key: `order-${id}`, value: { id } }
}

/** @returns how many records had been moved when the tool died */
async function killHalfWay({ kafka, brokers, say }: Stage, records: number): Promise<number> {
  const { child, ended } = millrace(brokers, 'dlq', 'redrive', queue, '--rate', `${ratePerSecond}/s`, '--yes')
  let moved = 0
  let hasEnded = false
  void ended.then(() => {
    hasEnded = true
  })
  while (moved < records / 2 && !hasEnded) {
    await sleep(systemClock, 100)
    moved = await movedSoFar(kafka)
  }
  child.kill('SIGKILL')
  const { code, stderr } = await ended
  say(`the tool was killed after ${moved} records (${code === null ? 'SIGKILL' : `exit code ${code}\n${stderr}`})`)
  return moved
}

async function movedSoFar(kafka: Stage['kafka']): Promise<number> {
  const [info] = await kafka.topics.describe(['drill-ship.redrive.drill-orders'])
  const places = Array.from({ length: info!.partitions }, (_, partition) => ({ topic: info!.name, partition }))
  const ends = await kafka.offsets(places, 'stable')
  return ends.reduce((sum, { offset }) => sum + offset, 0)
}

async function openJob(brokers: string): Promise<string> {
  const { jobs } = (await millraceJson(brokers, 'dlq', 'redrive', 'status', queue)) as unknown as {
    readonly jobs: readonly { readonly id: string; readonly state: string }[]
  }
  return jobs.find(({ state }) => state === 'running')!.id
}

async function shippedAll({ kafka }: Stage, crew: Crew, records: number): Promise<void> {
  const until = systemClock.monotonic() + patienceMilliseconds
  while ((await countRecords(kafka, 'drill-shipped')) < records && systemClock.monotonic() < until) {
    crew.check()
    await sleep(systemClock, 500)
  }
}
