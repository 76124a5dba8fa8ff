/** Work `restore`: how many rows a second come back from a changelog, ours into memory and into LMDB, and a peer's. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Contest, hold, peersOf, peerVariant } from '../contest.ts'
import { outputTopic } from '../nexmark/specification.ts'
import type { Outcome } from '../outcome.ts'
import { takePeerTurn } from '../peers/turn.ts'
import type { Player } from '../rounds.ts'
import type { Turn } from '../turn.ts'
import { countVisits, fillVisits, restoreVisits } from './main.ts'

export const restoreWork = 'restore'

/** Kafka Streams' own count of what it restored has been seen one short of the keys. */
const leastOfPeers = 0.999

/** The records are written once, and counted once into a changelog of ours; a peer makes its own in each turn. */
export async function measureRestore(contest: Contest): Promise<Outcome> {
  const { kafka, brokers, directory } = contest.place
  const { rows } = contest.options
  await fillVisits(kafka, rows)
  await countVisits(kafka, brokers, join(directory, 'counted'), rows)
  return hold(contest, restoreWork, [...ourPlayers(contest), ...peerPlayers(contest)])
}

function ourPlayers({ place, options }: Contest): Player[] {
  const places = (['memory', 'lmdb'] as const).filter((variant) => options.variants.includes(variant))
  return places.map((variant) => ({
    contestant: { system: 'millrace', version: place.version, variant, threads: 1 },
    async turn() {
      const empty = join(place.directory, 'restored')
      rmSync(empty, { recursive: true, force: true })
      const state = variant === 'memory' ? 'memory' : empty
      const { rows, milliseconds, peakRssBytes } = await restoreVisits(place.brokers, state)
      checkRows(rows, options.rows, 1)
      return { records: rows, seconds: milliseconds / 1000, cpuSeconds: 0, peakRssBytes }
    },
  }))
}

function peerPlayers(contest: Contest): Player[] {
  const { place, options } = contest
  return peersOf(contest, restoreWork).map(({ peer, threads }) => ({
    contestant: { system: peer.name, version: peer.version, variant: peerVariant, threads },
    async turn() {
      const output = outputTopic(peer.name, restoreWork)
      const turn = await takePeerTurn(place, peer, { work: restoreWork, output, threads, records: options.rows })
      checkRows(turn.records, options.rows, leastOfPeers)
      return withoutFilling(turn)
    },
  }))
}

/** The program of a peer also made the changelog: its CPU time says nothing of the restore. */
function withoutFilling(turn: Turn): Turn {
  return { ...turn, cpuSeconds: 0 }
}

/**
 * With a few of the task's progress, and of keys that were written more than once before the changelog was compacted.
 * @param least share of the rows that must have come
 */
function checkRows(found: number, expected: number, least: number): void {
  if (found < expected * least || found > expected * 1.01 + 100)
    throw new Error(`${found} rows were restored, the changelog has ${expected}`)
}
