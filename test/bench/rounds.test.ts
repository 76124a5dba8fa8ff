import { expect, test } from 'vitest'
import { orderOf, type Player, playRounds } from '../../bench/rounds.ts'
import { nameOf, type Turn } from '../../bench/turn.ts'

const someTurn: Turn = { records: 1, seconds: 1, cpuSeconds: 1, peakRssBytes: 1 }

function player(system: string, log: string[], failsIn = -1): Player {
  return {
    contestant: { system, version: '1', variant: 'fast-json', threads: 1 },
    async turn(round) {
      log.push(`${system}${round}`)
      if (round === failsIn) throw new Error('the result is wrong')
      return someTurn
    },
  }
}

test('each round begins with the next one', async () => {
  const log: string[] = []
  const { entries, failures } = await playRounds([player('a', log), player('b', log), player('c', log)], 4, () => {})
  expect(log.join(' ')).toBe('a0 b0 c0 b1 c1 a1 c2 a2 b2 a3 b3 c3')
  expect(entries.map(({ turns }) => turns.length)).toEqual([4, 4, 4])
  expect(failures).toEqual([])
  expect(orderOf([], 3)).toEqual([])
})

test('who fails takes no further turn and has no entry; the others go on', async () => {
  const log: string[] = []
  const watched: string[] = []
  const { entries, failures } = await playRounds([player('a', log, 1), player('b', log)], 3, ({ system }, turn) => {
    watched.push(`${system} ${turn instanceof Error ? turn.message : 'done'}`)
  })
  expect(log.join(' ')).toBe('a0 b0 b1 a1 b2')
  expect(entries.map(({ contestant }) => contestant.system)).toEqual(['b'])
  expect(failures).toEqual(['a fast-json, 1 thread: the result is wrong'])
  expect(watched).toEqual(['a done', 'b done', 'b done', 'a the result is wrong', 'b done'])
})

test('a contestant says with what it takes part', () => {
  const contestant = { system: 'flink', version: '2.2.0', variant: 'json-parse', threads: 2 }
  expect(nameOf(contestant)).toBe('flink json-parse, 2 threads')
})
