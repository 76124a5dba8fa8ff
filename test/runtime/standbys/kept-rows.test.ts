import { describe, expect, test } from 'vitest'
import { KeptRows } from '../../../src/runtime/standbys/kept-rows.ts'
import { MemoryRows } from '../../../src/state/memory/rows.ts'

const change = { key: Buffer.from('key'), bytes: Buffer.from('row'), index: null, unindex: null }

describe('rows that were given back', () => {
  test('are not cleared by who had them: a restore may still learn that its log has gone', () => {
    const rows = new MemoryRows()
    const before = new KeptRows(rows, () => undefined)
    before.close()
    const after = new KeptRows(rows, () => undefined)
    after.apply([change], 7)
    before.clear()
    expect([after.size, after.position]).toEqual([1, 7])
  })

  test('are not sound when they could not be cleared', () => {
    const rows = new MemoryRows()
    rows.clear = () => {
      throw new Error('another has them')
    }
    const told: boolean[] = []
    const kept = new KeptRows(rows, (isSound) => told.push(isSound))
    expect(() => kept.clear()).toThrow('another has them')
    kept.close()
    expect(told).toEqual([false])
  })
})
