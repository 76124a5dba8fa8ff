/** Runs the same work on several sides in turn, so that whatever else the machine does meets all of them. */
import { setImmediate as breathe } from 'node:timers/promises'

/** A record's share. */
export interface Measured {
  /** Of the processor, in the mean: the system counts them in steps of milliseconds. */
  readonly nanoseconds: number
  readonly bytes: number
  /** How many times longer the first side took, over all rounds. */
  readonly ratio: number
}

interface Sample {
  readonly nanoseconds: number
  readonly bytes: number
}

export interface Turns {
  readonly rounds: number
  /** How many records one call works. */
  readonly records: number
}

const warmUpCalls = 3

/**
 * One figure per side, in their order.
 * @example await measureInTurn([oldWalk, newWalk], { rounds: 9, records: 200_000 })
 */
export async function measureInTurn(sides: readonly (() => void)[], { rounds, records }: Turns): Promise<Measured[]> {
  for (const run of sides) for (let call = 0; call < warmUpCalls; call++) run()
  const samples = sides.map((): Sample[] => [])
  for (let round = 0; round < rounds; round++) {
    for (const [index, run] of sides.entries()) samples[index]!.push(measureOnce(run, records))
    await breathe()
  }
  return samples.map((each) => ({
    nanoseconds: sumOf(each) / rounds,
    bytes: medianOf(each.map(({ bytes }) => bytes)),
    ratio: sumOf(samples[0]!) / sumOf(each),
  }))
}

/** Bytes are right only while the young generation takes all of them without a collection. */
function measureOnce(run: () => void, records: number): Sample {
  globalThis.gc?.()
  const bytes = process.memoryUsage().heapUsed
  const from = process.threadCpuUsage()
  run()
  const { user, system } = process.threadCpuUsage(from)
  const nanoseconds = (user + system) * 1_000
  return { nanoseconds: nanoseconds / records, bytes: (process.memoryUsage().heapUsed - bytes) / records }
}

function sumOf(samples: readonly Sample[]): number {
  return samples.reduce((sum, { nanoseconds }) => sum + nanoseconds, 0)
}

function medianOf(numbers: readonly number[]): number {
  return numbers.toSorted((left, right) => left - right)[numbers.length >> 1]!
}
