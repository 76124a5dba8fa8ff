/** The real worker in a world without a broker: what is left is what Millrace itself takes. */
import { type Clock, systemClock } from '../../../src/clock.ts'
import { runWorker } from '../../../src/runtime/run.ts'
import type { RunSummary } from '../../../src/runtime/settings.ts'
import { compile } from '../../../src/topology/compile.ts'
import type { Topology } from '../../../src/topology/topology.ts'
import { BidBatches } from './bid-batches.ts'
import { InsideInput } from './inside-input.ts'
import { InsideKafka } from './inside-kafka.ts'
import type { Written } from './swallowing-log.ts'

/** What comes in. */
export interface InsideTerms {
  readonly partitions: number
  readonly keys: number
  readonly records: number
  readonly recordsPerBatch: number
}

/** What one run took. The making of its input is not in the times. */
export interface InsideResult {
  readonly records: number
  readonly seconds: number
  /** Of this thread: what V8 does beside it, compiling and collecting, is not in it. */
  readonly cpuSeconds: number
  /** Of input, which belongs to the source. */
  readonly inputBytes: number
  readonly summary: RunSummary
  /** By topic. */
  readonly written: ReadonlyMap<string, Written>
}

/**
 * Works a topology that reads one topic of bids to the end of it.
 * @param clock the worker's; times are measured by the system's
 * @example await runInside(count, { partitions: 4, keys: 6_000, records: 1_000_000, recordsPerBatch: 1_000 })
 */
export async function runInside(
  topology: Topology,
  terms: InsideTerms,
  clock: Clock = systemClock,
): Promise<InsideResult> {
  const { inputs, outputs } = compile(topology)
  const input = new InsideInput(inputs[0]!.name, terms.records, new BidBatches(terms))
  const kafka = new InsideKafka(
    input,
    outputs.map(({ name }) => name),
  )
  const began = systemClock.monotonic()
  const cpu = process.threadCpuUsage()
  const summary = await runWorker(topology, { kafka, until: 'end', instance: 'inside', clock })
  const { user, system } = process.threadCpuUsage(cpu)
  return {
    records: input.records,
    seconds: (systemClock.monotonic() - began - input.milliseconds) / 1e3,
    cpuSeconds: (user + system) / 1e6 - input.cpuMilliseconds / 1e3,
    inputBytes: input.bytes,
    summary,
    written: kafka.log.written,
  }
}
