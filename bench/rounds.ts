/** Turn by turn, round after round: A B C, B C A, …, so that nobody always comes first or after the same neighbour. */
import { type Contestant, type Entry, nameOf, type Turn } from './turn.ts'

/** Someone who can take a turn. */
export interface Player {
  readonly contestant: Contestant
  /** @throws Error when it fails or its result is wrong: then it takes no further turns and has no row */
  turn(round: number): Promise<Turn>
}

export interface Rounds {
  /** Of those whose turns were all right. */
  readonly entries: readonly Entry[]
  /** A sentence per contestant that failed. */
  readonly failures: readonly string[]
}

/** Is told of each turn as soon as it is over. */
export type Watcher = (player: Contestant, turn: Turn | Error) => void

/** Lets every player take a turn per round, one at a time. */
export async function playRounds(players: readonly Player[], rounds: number, watch: Watcher): Promise<Rounds> {
  const turns = new Map<Player, Turn[]>(players.map((player) => [player, []]))
  const failures: string[] = []
  for (let round = 0; round < rounds; round++) {
    for (const player of orderOf(players, round)) {
      if (!turns.has(player)) continue
      const outcome = await outcomeOf(player, round)
      watch(player.contestant, outcome)
      if (!(outcome instanceof Error)) {
        turns.get(player)!.push(outcome)
        continue
      }
      turns.delete(player)
      failures.push(`${nameOf(player.contestant)}: ${outcome.message}`)
    }
  }
  return { entries: [...turns].map(([{ contestant }, own]) => ({ contestant, turns: own })), failures }
}

/**
 * The order of a round: begun one further in each.
 * @example orderOf(['a', 'b', 'c'], 1) // ['b', 'c', 'a']
 */
export function orderOf<T>(all: readonly T[], round: number): T[] {
  const first = all.length === 0 ? 0 : round % all.length
  return [...all.slice(first), ...all.slice(0, first)]
}

async function outcomeOf(player: Player, round: number): Promise<Turn | Error> {
  try {
    return await player.turn(round)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}
