/** A turn of a peer: its program in a process of its own, into an empty output topic. */
import { recreateTopics } from '../../scripts/tools/topics.ts'
import { randomName, systemRandom } from '../../scripts/tools/world.ts'
import { forever, type Place, partitions } from '../place.ts'
import { type Ended, startProgram } from '../process.ts'
import type { Turn } from '../turn.ts'
import { type PeerCommand, timesOf } from './peer.ts'

/** What the peer is to do. */
export interface PeerTask {
  readonly work: string
  readonly output: string
  readonly threads: number
  /** How many records the input has. */
  readonly records: number
}

const timeoutMilliseconds = 900_000
const complaintCharacters = 1_500

/** @throws Error when the program fails or does not say its times */
export async function takePeerTurn(place: Place, peer: PeerCommand, task: PeerTask): Promise<Turn> {
  const app = `peer-${randomName(systemRandom)}`
  await recreateTopics(place.kafka, [task.output], [{ name: task.output, partitions, configs: forever }])
  const prefix = prefixOf(peer, task.records)
  try {
    const request = { brokers: place.brokers, work: task.work, app, output: task.output, threads: task.threads }
    const program = peer.command(prefix === undefined ? request : { ...request, records: prefix })
    const ended = await startProgram(program, timeoutMilliseconds).ended
    if (ended.code !== 0) throw new Error(`it ended with ${ended.signal ?? ended.code}\n${complaintOf(ended)}`)
    return turnOf(ended, prefix ?? task.records)
  } finally {
    await dropTopicsOf(place, app)
  }
}

/** As many of the records as it should finish in a minute; undefined: all. */
export function prefixOf({ recordsInAMinute = Number.POSITIVE_INFINITY }: PeerCommand, records: number) {
  return recordsInAMinute < records ? recordsInAMinute : undefined
}

/** What a program said last, where it is likely to say why. */
export function complaintOf({ stdout, stderr }: Ended): string {
  return `${stdout.slice(-complaintCharacters)}${stderr.slice(-complaintCharacters)}`.trim()
}

function turnOf({ stdout, cpuSeconds, peakRssBytes }: Ended, expected: number): Turn {
  const { startedAt, endedAt, records = expected } = timesOf(stdout)
  return { records, seconds: (endedAt - startedAt) / 1000, cpuSeconds, peakRssBytes }
}

/** Changelogs and repartition topics, which bear the application's name, would be written about until the end. */
export async function dropTopicsOf({ kafka }: Place, app: string): Promise<void> {
  const all = (await kafka.topics.list?.()) ?? []
  const own = all.filter(({ name }) => name.startsWith(app)).map(({ name }) => name)
  if (own.length > 0) await kafka.admin.deleteTopics(own)
}
