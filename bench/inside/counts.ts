/** What a work takes a record that does not depend on time: bytes of the heap, promises, bytes copied. */
import { createHook } from 'node:async_hooks'
import { GCProfiler, getHeapStatistics } from 'node:v8'
import { type InsideTerms, runInside } from '../../scripts/tools/inside/run-inside.ts'
import type { Topology } from '../../src/index.ts'
import { countingClock } from './counting-clock.ts'
import { watchCopies } from './watch-copies.ts'

/** A record. */
export interface Counts {
  readonly heapBytes: number
  readonly promises: number
  readonly copiedBytes: number
}

/** Few enough that what they allocate fits into the young generation: collecting that moves what is counted. */
const terms: InsideTerms = { partitions: 4, keys: 6_000, records: 40_000, recordsPerBatch: 500 }
/** After so many rounds the compiler has nothing left to do. */
const warmUps = 6
const measuredRounds = 5

/**
 * Call it in a process of its own, with `--expose-gc` and a young generation of 256 MB: what ran before changes what the
 * compiler makes of a work.
 */
export async function count(topology: Topology): Promise<Counts> {
  const run = async (): Promise<void> => {
    await runInside(topology, terms, countingClock())
  }
  for (let round = 0; round < warmUps; round++) await run()
  const heap: number[] = []
  for (let round = 0; round < measuredRounds; round++) heap.push(await allocatedBy(run))
  const promises = await promisesOf(run)
  const copied = await copiedBy(run)
  const [heapBytes, promiseCount, copiedBytes] = [median(heap), promises, copied].map((sum) => sum / terms.records)
  return { heapBytes: heapBytes!, promises: promiseCount!, copiedBytes: copiedBytes! }
}

async function allocatedBy(run: () => Promise<void>): Promise<number> {
  globalThis.gc!()
  const profiler = new GCProfiler()
  profiler.start()
  const before = getHeapStatistics().used_heap_size
  await run()
  const grown = getHeapStatistics().used_heap_size - before
  // Buffers make V8 collect now and then: what was freed had been allocated too.
  const freed = profiler
    .stop()
    .statistics.map(
      ({ beforeGC, afterGC }) => beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize,
    )
  return freed.reduce((sum, bytes) => sum + bytes, grown)
}

async function promisesOf(run: () => Promise<void>): Promise<number> {
  let promises = 0
  const hook = createHook({
    init(_id, type) {
      if (type === 'PROMISE') promises++
    },
  })
  hook.enable()
  await run()
  hook.disable()
  return promises
}

async function copiedBy(run: () => Promise<void>): Promise<number> {
  const copies = watchCopies()
  await run()
  return copies.end()
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)]!
}
