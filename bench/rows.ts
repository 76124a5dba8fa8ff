/** From the turns of all contestants to rows: of each alone, and of ours beside each peer. */
import type { Row } from './row.ts'
import { median, rounded } from './statistics.ts'
import type { Entry, Turn } from './turn.ts'

const bytesPerMegabyte = 1_048_576

/** Whose turns were all right; who failed is not among the entries. */
export interface Measured {
  readonly work: string
  /** `kafka 4.1.0` or `embedded`. */
  readonly broker: string
  readonly entries: readonly Entry[]
}

/** Medians of each contestant, then ours beside the best of each peer. */
export function rowsOf({ work, broker, entries }: Measured): Row[] {
  const where = { work, broker }
  const ours = entries.filter(isOurs)
  const pairs = ours.flatMap((own) => bestOfPeers(own, entries).map((peer) => rowBeside(where, own, peer)))
  return [...entries.map((entry) => rowOf(where, entry)), ...pairs]
}

type Where = Pick<Row, 'work' | 'broker'>

function rowOf(where: Where, { contestant, turns }: Entry): Row {
  return {
    ...where,
    variant: contestant.variant,
    system: contestant.system,
    version: contestant.version,
    threads: contestant.threads,
    records: Math.round(median(turns.map(({ records }) => records))),
    recordsPerSecond: Math.round(median(turns.map(rate))),
    cpuSecondsPerMillion: rounded(median(turns.map(cpuPerMillion)), 2),
    peakRssMb: Math.round(median(turns.map(({ peakRssBytes }) => peakRssBytes)) / bytesPerMegabyte),
    p50Ms: medianLatency(turns, 'p50'),
    p99Ms: medianLatency(turns, 'p99'),
    peer: null,
    ratio: null,
    ratioMin: null,
    ratioMax: null,
    cpuRatio: null,
    rssRatio: null,
  }
}

/** Round by round ours stands beside the peer's turn of the same round: the machine was in the same mood. */
function rowBeside(where: Where, own: Entry, peer: Entry): Row {
  const rounds = Math.min(own.turns.length, peer.turns.length)
  const ratios = Array.from({ length: rounds }, (_, round) => merit(own.turns[round]!) / merit(peer.turns[round]!))
  return {
    ...rowOf(where, own),
    peer: peer.contestant.system,
    ratio: rounded(medianOf(own, merit) / medianOf(peer, merit), 2),
    ratioMin: rounded(Math.min(...ratios), 2),
    ratioMax: rounded(Math.max(...ratios), 2),
    cpuRatio: ratioOrNull(medianOf(own, cpuPerMillion), medianOf(peer, cpuPerMillion)),
    rssRatio: rounded(
      medianOf(own, ({ peakRssBytes }) => peakRssBytes) / medianOf(peer, (turn) => turn.peakRssBytes),
      2,
    ),
  }
}

/** Of a peer that took part with several numbers of threads the one that did best. */
function bestOfPeers(own: Entry, entries: readonly Entry[]): Entry[] {
  const best = new Map<string, Entry>()
  for (const entry of entries) {
    if (isOurs(entry) || !areComparable(own.contestant.variant, entry.contestant.system)) continue
    const known = best.get(entry.contestant.system)
    if (known === undefined || medianOf(entry, merit) > medianOf(known, merit)) best.set(entry.contestant.system, entry)
  }
  return [...best.values()]
}

/**
 * State on disk stands beside state on disk, state in memory beside state in memory. Kafka Streams has one kind of its
 * own and stands beside both.
 */
function areComparable(variant: string, peer: string): boolean {
  const isOnDisk = variant.includes('lmdb')
  if (peer === 'flink-rocksdb') return isOnDisk
  return peer === 'kafka-streams' || !isOnDisk
}

function isOurs({ contestant }: Entry): boolean {
  return contestant.system === 'millrace'
}

/** What a ratio compares, more is better: the speed, or where latency is the work, how short its p99 is. */
function merit(turn: Turn): number {
  return turn.latency === undefined ? rate(turn) : 1 / turn.latency.p99
}

function rate({ records, seconds }: Turn): number {
  return records / seconds
}

function cpuPerMillion({ cpuSeconds, records }: Turn): number {
  return cpuSeconds / (records / 1e6)
}

/** Null where it was not measured. */
function ratioOrNull(own: number, theirs: number): number | null {
  return own === 0 || theirs === 0 ? null : rounded(own / theirs, 2)
}

function medianOf({ turns }: Entry, figure: (turn: Turn) => number): number {
  return median(turns.map(figure))
}

function medianLatency(turns: readonly Turn[], share: 'p50' | 'p99'): number | null {
  const known = turns.flatMap(({ latency }) => (latency === undefined ? [] : [latency[share]]))
  return known.length === 0 ? null : rounded(median(known), 1)
}
