import { expect, test } from 'vitest'
import { rowsOf } from '../../bench/rows.ts'
import type { Contestant, Entry, Turn } from '../../bench/turn.ts'

const megabyte = 1_048_576

function turn(recordsPerSecond: number, more: Partial<Turn> = {}): Turn {
  return { records: recordsPerSecond * 2, seconds: 2, cpuSeconds: 1, peakRssBytes: 100 * megabyte, ...more }
}

function entry(system: string, turns: readonly Turn[], more: Partial<Contestant> = {}): Entry {
  return { contestant: { system, version: '1', variant: 'fast-json', threads: 1, ...more }, turns }
}

function rows(...entries: Entry[]) {
  return rowsOf({ work: 'map', broker: 'kafka 4.1.0', entries })
}

const paired = (...entries: Entry[]) =>
  rows(...entries)
    .filter(({ peer }) => peer !== null)
    .map(({ variant, peer }) => `${variant} / ${peer}`)

test('a row has the medians of all rounds', () => {
  const [row] = rows(entry('millrace', [turn(100_000), turn(300_000), turn(200_000)]))
  expect(row).toEqual({
    work: 'map',
    variant: 'fast-json',
    system: 'millrace',
    version: '1',
    broker: 'kafka 4.1.0',
    threads: 1,
    records: 400_000,
    recordsPerSecond: 200_000,
    cpuSecondsPerMillion: 2.5,
    peakRssMb: 100,
    ...{ p50Ms: null, p99Ms: null, peer: null },
    ...{ ratio: null, ratioMin: null, ratioMax: null, cpuRatio: null, rssRatio: null },
  })
})

test('beside a peer stands the ratio of the medians, with the least and the most of the rounds', () => {
  const ours = entry('millrace', [turn(200), turn(300), turn(400)])
  const theirs = entry('flink', [turn(100), turn(100), turn(300, { cpuSeconds: 12, peakRssBytes: 400 * megabyte })])
  const pair = rows(ours, theirs).find(({ peer }) => peer === 'flink')
  expect(pair).toMatchObject({ system: 'millrace', ratio: 3, ratioMin: 1.33, ratioMax: 3, rssRatio: 1 })
})

test('CPU time is compared per record: a peer may have had fewer of them', () => {
  const ours = entry('millrace', [turn(1_000_000, { cpuSeconds: 2 })])
  const theirs = entry('kafkajs', [turn(100_000, { cpuSeconds: 2 })])
  expect(rows(ours, theirs).at(-1)).toMatchObject({ peer: 'kafkajs', ratio: 10, cpuRatio: 0.1 })
})

test('of a peer with several numbers of threads the better one counts', () => {
  const ours = entry('millrace', [turn(300)])
  const one = entry('flink', [turn(100)])
  const two = entry('flink', [turn(150)], { threads: 2 })
  expect(rows(ours, one, two).filter(({ peer }) => peer !== null)).toMatchObject([{ peer: 'flink', ratio: 2 }])
})

test('state on disk stands beside state on disk', () => {
  const variants = ['fast-json memory', 'fast-json lmdb'].map((variant) => entry('millrace', [turn(1)], { variant }))
  const peers = ['flink', 'flink-rocksdb', 'kafka-streams', 'quix'].map((peer) => entry(peer, [turn(1)]))
  expect(paired(...variants, ...peers)).toEqual([
    'fast-json memory / flink',
    'fast-json memory / kafka-streams',
    'fast-json memory / quix',
    'fast-json lmdb / flink-rocksdb',
    'fast-json lmdb / kafka-streams',
  ])
})

test('where latency is the work, the ratio says how much shorter our p99 is', () => {
  const ours = entry('millrace', [turn(20_000, { latency: { p50: 60.04, p99: 120 } })])
  const theirs = entry('kafka-streams', [turn(20_000, { latency: { p50: 80, p99: 240 } })])
  const [own, , pair] = rows(ours, theirs)
  expect(own).toMatchObject({ p50Ms: 60, p99Ms: 120 })
  expect(pair).toMatchObject({ ratio: 2, ratioMin: 2, ratioMax: 2 })
})
