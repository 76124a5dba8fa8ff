/** One work in one fresh worker process, from its first commit to its last. */
import type { Kafka } from '../scripts/tools/client.ts'
import { recreateTopics } from '../scripts/tools/topics.ts'
import { startWorker } from '../scripts/tools/worker.ts'
import { randomName, systemRandom } from '../scripts/tools/world.ts'
import { type Filled, forever, partitions } from './fill.ts'
import { type Row, unmeasured } from './row.ts'
import { internalTopics, type Work, type WorkName, works } from './work.ts'

/** Where it is measured. */
export interface Bench {
  readonly kafka: Kafka
  readonly brokers: string
  /** For the row: `kafka 4.1.0` or `embedded`. */
  readonly broker: string
  readonly version: string
}

/** The records of the first commit were read in the interval before it. */
const commitIntervalMilliseconds = 100
const bytesPerMegabyte = 1_048_576

/**
 * Runs a work over the whole input and checks its result.
 * @throws Error when the worker fails or the result is not right: then there is no row
 */
export async function measure(bench: Bench, name: WorkName, input: Filled): Promise<Row> {
  const work: Work = works[name]
  const old = [work.output, ...internalTopics(work)]
  await recreateTopics(bench.kafka, old, [{ name: work.output, partitions, configs: forever }])
  const instance = randomName(systemRandom)
  const worker = startWorker({ file: work.file, brokers: bench.brokers, instance, runId: `bench-${instance}` })
  const { code, signal, said, usage } = await worker.ended
  if (code !== 0 || usage === null) throw new Error(`The worker of ${name} ended with ${signal ?? code}\n${said}`)
  await work.check(bench.kafka, input)
  const { firstCommitStarted, lastCommitEnded } = usage
  if (firstCommitStarted === null || lastCommitEnded === null)
    throw new Error(`The worker of ${name} committed nothing`)
  const seconds = (lastCommitEnded - firstCommitStarted + commitIntervalMilliseconds) / 1000
  return {
    work: name,
    variant: 'exactly-once',
    system: 'millrace',
    version: bench.version,
    broker: bench.broker,
    threads: 1,
    records: input.records,
    recordsPerSecond: Math.round(input.records / seconds),
    cpuSecondsPerMillion: round(usage.cpuSeconds / (input.records / 1e6)),
    peakRssMb: Math.round(usage.peakRssBytes / bytesPerMegabyte),
    ...unmeasured,
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
