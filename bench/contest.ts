/** A run: where it takes place, what was asked for, and which peers have come. */
import type { BenchOptions } from './options.ts'
import { type Outcome, outcomeOfRounds } from './outcome.ts'
import type { Figure } from './page/results.ts'
import type { PeerCommand } from './peers/peer.ts'
import type { Place } from './place.ts'
import { type Player, playRounds } from './rounds.ts'
import { tellTurns } from './tell.ts'

export interface Contest {
  readonly place: Place
  readonly options: BenchOptions
  /** Those that were asked for and are ready. */
  readonly peers: readonly PeerCommand[]
  /** In all topics of the input together. */
  readonly events: number
}

/** Peers are told apart by nothing but their JSON: all build every value whole. */
export const peerVariant = 'json-parse'

/** Lets the players play their rounds. @param figures are asked for when the rounds are over */
export async function hold(
  { place, options }: Contest,
  work: string,
  players: readonly Player[],
  figures: () => readonly Figure[] = () => [],
): Promise<Outcome> {
  const { entries, failures } = await playRounds(players, options.rounds, tellTurns(work))
  return outcomeOfRounds({ work, broker: place.broker, entries }, failures, figures())
}

/** The peers that can do a work, each with the numbers of threads that it takes part with. */
export function peersOf({ peers, options }: Contest, work: string): { peer: PeerCommand; threads: number }[] {
  const able = peers.filter(({ works }) => works.includes(work))
  return able.flatMap((peer) => {
    const numbers = options.peerThreads === 'all' ? peer.threads : peer.threads.slice(0, 1)
    return numbers.map((threads) => ({ peer, threads }))
  })
}
