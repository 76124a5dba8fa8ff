/** A turn of ours: a worker as a user would start it, over the whole input, in a fresh process. */
import { join } from 'node:path'
import { recreateTopics } from '../scripts/tools/topics.ts'
import { startWorker, type WorkerSpec } from '../scripts/tools/worker.ts'
import { randomName, systemRandom } from '../scripts/tools/world.ts'
import { forever, type Place, partitions } from './place.ts'
import type { Contestant, Turn } from './turn.ts'
import { wordsOfVariant } from './variants.ts'
import type { OwnWork } from './work.ts'

/** The records of the first commit were read in the interval before it. */
const commitIntervalMilliseconds = 100

/**
 * Works through the input as if for the first time: without positions, without internal topics, into an empty output.
 * @throws Error when the worker fails or commits nothing
 */
export async function takeOwnTurn(place: Place, work: OwnWork, how: Contestant, records: number): Promise<Turn> {
  await forget(place, work)
  const spec = workerSpec(place, work.file, how)
  const { code, signal, said, usage } = await startWorker({ ...spec, runId: `bench-${spec.instance}` }).ended
  if (code !== 0 || usage === null) throw new Error(`the worker ended with ${signal ?? code}\n${said}`)
  const { firstCommitStarted, lastCommitEnded, cpuSeconds, peakRssBytes } = usage
  if (firstCommitStarted === null || lastCommitEnded === null) throw new Error('the worker committed nothing')
  const seconds = (lastCommitEnded - firstCommitStarted + commitIntervalMilliseconds) / 1000
  return { records, seconds, cpuSeconds, peakRssBytes }
}

/** How a worker of that contestant is started. */
export function workerSpec(place: Place, file: string, { variant, threads }: Contestant): WorkerSpec {
  const instance = randomName(systemRandom)
  const { json, isOnDisk } = wordsOfVariant(variant)
  const state = isOnDisk ? ['--state', join(place.directory, instance)] : []
  return {
    file,
    brokers: place.brokers,
    instance,
    words: ['--threads', String(threads), ...state],
    environment: { BENCH_VARIANT: json },
    isBuilt: place.isBuilt,
  }
}

/** The input topics stay, and with them the positions of the group: it must go. */
async function forget({ kafka }: Place, { app, output, internal }: OwnWork): Promise<void> {
  await kafka.admin.groups.delete([app])
  await recreateTopics(kafka, [output, ...internal], [{ name: output, partitions, configs: forever }])
}
