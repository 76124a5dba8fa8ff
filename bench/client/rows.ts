/** From the reports of all rounds to rows: medians, and our ratios to each peer of the same round. */
import type { Row } from '../row.ts'
import { median, rounded } from '../statistics.ts'
import type { ClientWork, Report } from './report.ts'
import type { System, SystemName } from './systems.ts'

export interface Measured {
  readonly work: ClientWork
  readonly broker: string
  readonly systems: Readonly<Record<SystemName, System>>
  /** One a round, in order. */
  readonly reports: ReadonlyMap<SystemName, readonly Report[]>
}

const bytesPerMegabyte = 1_048_576

export function rowsOf(measured: Measured): Row[] {
  const names = [...measured.reports.keys()]
  const peers = names.filter((name) => name !== 'millrace')
  return [...names.map((name) => rowOf(measured, name)), ...peers.map((peer) => rowBeside(measured, peer))]
}

function rowOf({ work, broker, systems, reports }: Measured, name: SystemName): Row {
  const rounds = reports.get(name)!
  return {
    work,
    variant: work === 'transaction' ? '3 partitions, exactly-once' : '100 bytes, idempotent, acks=all',
    system: name,
    version: systems[name].version,
    broker,
    threads: 1,
    records: rounds[0]!.count,
    recordsPerSecond: Math.round(median(rounds.map(rate))),
    cpuSecondsPerMillion: hundredths(median(rounds.map(cpuPerMillion))),
    peakRssMb: Math.round(Math.max(...rounds.map(({ peakRssBytes }) => peakRssBytes)) / bytesPerMegabyte),
    p50Ms: medianOrNull(rounds.map(({ p50Ms }) => p50Ms)),
    p99Ms: medianOrNull(rounds.map(({ p99Ms }) => p99Ms)),
    peer: null,
    ratio: null,
    ratioMin: null,
    ratioMax: null,
    cpuRatio: null,
    rssRatio: null,
  }
}

/** Each of our rounds is compared with the peer's of the same round: the machine was in the same mood. */
function rowBeside(measured: Measured, peer: SystemName): Row {
  const ours = measured.reports.get('millrace')!
  const theirs = measured.reports.get(peer)!
  const ratios = ours.map((report, index) => rate(report) / rate(theirs[index]!))
  return {
    ...rowOf(measured, 'millrace'),
    peer,
    ratio: hundredths(median(ratios)),
    ratioMin: hundredths(Math.min(...ratios)),
    ratioMax: hundredths(Math.max(...ratios)),
    cpuRatio: hundredths(median(ours.map((report, index) => cpuPerMillion(report) / cpuPerMillion(theirs[index]!)))),
    rssRatio: hundredths(median(ours.map((report, index) => report.peakRssBytes / theirs[index]!.peakRssBytes))),
  }
}

function rate({ count, seconds }: Report): number {
  return count / seconds
}

function cpuPerMillion({ cpuSeconds, count }: Report): number {
  return cpuSeconds / (count / 1e6)
}

function medianOrNull(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : hundredths(median(known))
}

function hundredths(value: number): number {
  return rounded(value, 2)
}
