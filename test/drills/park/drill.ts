/**
 * Ten thousand keys, fifty of them poisoned: these wait, the others go on. Then the topology is mended, the parked letters
 * are redriven while more records come in, and in the end every key is whole and in its order.
 */
import { fileURLToPath } from 'node:url'
import { committedRecords } from '../../../scripts/tools/committed.ts'
import { randomName, sleep, systemClock, systemRandom } from '../../../scripts/tools/world.ts'
import { millraceJson } from '../cli.ts'
import { Crew } from '../crew.ts'
import type { Drill, Stage } from '../drill.ts'
import { countRecords, forever, write } from '../numbers.ts'
import type { Payment } from './topology.ts'

const accounts = 10_000
const partitions = 8
const poisonedAccounts = 50
const sequences = { poisoned: 5, first: 20, all: 25 }
const patienceMilliseconds = 120_000
const queue = 'drill-book.dlq.payments'
const file = fileURLToPath(new URL('./topology.ts', import.meta.url))

export const park: Drill = {
  name: 'park',
  about: '50 of 10,000 keys are poisoned, wait, and are redriven in order',
  async run(stage) {
    const { kafka, say } = stage
    await kafka.topics.create(
      ['drill-payments', 'drill-booked'].map((name) => ({ name, partitions, configs: forever })),
    )
    await write(kafka, 'drill-payments', partitions, payments(0, sequences.first))
    const broken = crewOf(stage, {})
    broken.start(`drill-${randomName(systemRandom)}`)
    await broken.finished()
    const parked = await countRecords(kafka, queue)
    say(`${parked} records are parked`)
    const mended = crewOf(stage, { DRILL_MENDED: 'yes' })
    mended.start()
    await mend(stage, mended)
    await mended.stop()
    return { ...(await judge(stage)), parked, complaints: complaintsOf(parked) }
  },
}

function complaintsOf(parked: number): string[] {
  const expected = poisonedAccounts * (sequences.first - sequences.poisoned)
  return parked === expected ? [] : [`${parked} records were parked, not ${expected}`]
}

function crewOf({ brokers }: Stage, environment: Readonly<Record<string, string>>): Crew {
  return new Crew({ file, app: 'drill-book', brokers, instances: ['a', 'b'], environment })
}

function* payments(from: number, to: number): Generator<{ key: string; value: Payment }> {
  for (let sequence = from; sequence < to; sequence++)
    for (let account = 0; account < accounts; account++)
      yield { key: `account-${account}`, value: { account, sequence } }
}

/** More payments come in while the parked ones are brought back. */
async function mend({ kafka, brokers, say }: Stage, crew: Crew): Promise<void> {
  const inflow = write(kafka, 'drill-payments', partitions, payments(sequences.first, sequences.all))
  const told = await millraceJson(brokers, 'dlq', 'redrive', queue, '--rate', '2000/s', '--yes')
  await inflow
  say(`redriven: ${JSON.stringify(told)}`)
  const until = systemClock.monotonic() + patienceMilliseconds
  let booked = 0
  while (booked < accounts * sequences.all && systemClock.monotonic() < until) {
    crew.check()
    await sleep(systemClock, 1_000)
    booked = await countRecords(kafka, 'drill-booked')
    // Of a key that is not free yet newcomers have queued: the next round brings them.
    if (booked < accounts * sequences.all) await millraceJson(brokers, 'dlq', 'redrive', queue, '--yes')
  }
}

/** What came out, key by key. */
async function judge({ kafka }: Stage): Promise<{
  readonly records: number
  readonly expected: number
  readonly found: number
  readonly lost: number
  readonly doubled: number
  readonly outOfOrder: number
}> {
  const next = new Uint8Array(accounts)
  const seen = new Map<string, number>()
  let [found, doubled, outOfOrder] = [0, 0, 0]
  for await (const { value } of committedRecords(kafka, 'drill-booked')) {
    const { account, sequence } = JSON.parse(String(value)) as Payment
    const name = `${account}/${sequence}`
    found++
    if (seen.has(name)) doubled++
    seen.set(name, 1)
    if (sequence !== next[account]) outOfOrder++
    next[account] = sequence + 1
  }
  const expected = accounts * sequences.all
  return { records: expected, expected, found, lost: expected - seen.size, doubled, outOfOrder }
}
