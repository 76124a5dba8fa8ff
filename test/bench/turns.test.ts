/** A whole contest on the embedded broker: ours, a peer that is right, and peers that are not. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Contest, hold } from '../../bench/contest.ts'
import { forms } from '../../bench/forms.ts'
import { eventsFor } from '../../bench/input.ts'
import { measureLatency } from '../../bench/latency/measure.ts'
import { fillNexmark } from '../../bench/nexmark/fill.ts'
import { workNamed } from '../../bench/nexmark/works.ts'
import type { Outcome } from '../../bench/outcome.ts'
import type { PeerCommand } from '../../bench/peers/peer.ts'
import { openPlace, type Place } from '../../bench/place.ts'
import { playersOf } from '../../bench/players.ts'

const bids = 1_000
const options = {
  ...forms.short,
  works: ['map'],
  variants: ['fast-json'],
  rounds: 1,
  records: bids,
  threads: [1],
  broker: 'embedded',
  json: false,
  results: null,
} as const

/** A program that says it has done the work. */
function idlePeer(name: string, script: string): PeerCommand {
  return {
    name,
    version: '1',
    works: ['map', 'latency'],
    threads: [1],
    settings: '',
    prepare: () => Promise.resolve(),
    command: () => ({ program: process.execPath, arguments: ['-e', script] }),
  }
}

const liar = idlePeer('flink', 'console.log(JSON.stringify({ startedAt: 1, endedAt: 2 }))')
const mute = idlePeer('kafkajs', '')
const broken = idlePeer('quix', "console.error('no such table'); process.exit(7)")

let place: Place
const events = eventsFor(bids)

beforeAll(async () => {
  place = await openPlace('embedded')
  await fillNexmark(place.kafka, events)
})
afterAll(() => place?.close())

function contestOf(more: Partial<Contest> = {}): Contest {
  return { place, options, peers: [], events, ...more }
}

async function play(work: 'map', contest: Contest): Promise<Outcome> {
  return hold(contest, work, playersOf(contest, workNamed(work)!))
}

test('who is wrong, says nothing or fails has no row, and the others go on', async () => {
  const contest = contestOf({ peers: [liar, mute, broken], options: { ...options, rounds: 2 } })
  const { rows, failures, spreads } = await play('map', contest)
  expect(rows.map(({ system, peer, records, broker }) => [system, peer, records, broker])).toEqual([
    ['millrace', null, bids, 'embedded'],
  ])
  expect(rows[0]!.recordsPerSecond).toBeGreaterThan(0)
  expect(rows[0]!.cpuSecondsPerMillion).toBeGreaterThan(0)
  expect(spreads).toHaveLength(1)
  expect(failures).toHaveLength(3)
  expect(failures[0]).toMatch(/^map: flink .*the result is not that of plain loops: 0 rows instead of 1000/)
  expect(failures[1]).toContain('does not say when it began and ended')
  expect(failures[2]).toMatch(/it ended with 7\n.*no such table/)
})

test('latency is that of every record, and a system that does not answer is stopped', async () => {
  const latency = { warmUpSeconds: 1, seconds: 1 }
  const contest = contestOf({ peers: [broken], options: { ...options, latency } })
  const { rows, failures, figures } = await measureLatency(contest)
  expect(rows).toMatchObject([{ work: 'latency', system: 'millrace', peer: null }])
  const [row] = rows
  expect(row!.p99Ms!).toBeGreaterThanOrEqual(row!.p50Ms!)
  expect(figures.map(({ unit }) => unit)).toEqual(['ms', 'ms'])
  expect(failures).toHaveLength(1)
  expect(failures[0]).toContain('it ended with 7')
})
