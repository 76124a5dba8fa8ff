import { describe, expect, test } from 'vitest'
import type { SimulationResult } from '../../src/testing/index.ts'
import { type Cut, shrink } from '../../src/testing/simulation/shrink.ts'

function resultOf(oracles: readonly string[]): SimulationResult {
  const failures = oracles.map((oracle) => ({ oracle, what: 'wrong' }))
  return { seed: 1, hits: {}, virtualSeconds: 1, trace: '', failures, faults: [], records: 2_000 }
}

const whole: Cut = { only: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], records: 2_000 }

describe('a run that fails', () => {
  test('is cut down to the faults and records that it takes', async () => {
    const run = async ({ only, records }: Cut): Promise<SimulationResult> =>
      resultOf(only.includes(3) && only.includes(7) && records >= 100 ? ['reference'] : [])
    const { cut } = await shrink({ cut: whole, result: resultOf(['reference']) }, run)
    expect(cut).toEqual({ only: [3, 7], records: 125 })
  })

  test('is not confused with one that fails otherwise', async () => {
    const run = async ({ only }: Cut): Promise<SimulationResult> =>
      resultOf(only.length === whole.only.length ? ['reference'] : ['liveness'])
    const { cut } = await shrink({ cut: whole, result: resultOf(['reference']) }, run)
    expect(cut.only).toEqual(whole.only)
  })
})
