import { describe, expect, test } from 'vitest'
import { MemoryRows } from '../../src/state/memory/rows.ts'
import { RestoreBatch } from '../../src/state/restore-batch.ts'
import type { RowChange, Rows } from '../../src/state/rows.ts'

const megabyte = 1_048_576
const rowBytes = 65_536

/** Rows that take many at a time, and only count what comes. */
class CountedRows extends MemoryRows {
  override readonly batchRows = 262_144 as 1
  bytes = 0

  override apply(changes: Iterable<RowChange>): void {
    for (const { bytes } of changes) this.bytes += bytes!.length
  }
}

describe('stores that are restored at a time', () => {
  test('hold no more rows back than one worker can hold, however many they are', () => {
    const stores = Array.from({ length: 100 }, () => new CountedRows())
    const batches = stores.map((rows: Rows) => new RestoreBatch(rows))
    const value = Buffer.alloc(rowBytes)
    const rounds = (4 * megabyte) / rowBytes
    for (let round = 0; round < rounds; round++)
      for (const batch of batches) batch.row(Buffer.from(`key ${round}`), value, round, 0)
    const given = stores.length * rounds * rowBytes
    const applied = (): number => stores.reduce((sum, { bytes }) => sum + bytes, 0)
    expect(given - applied()).toBeLessThan(160 * megabyte)
    for (const batch of batches) batch.apply(1)
    expect(applied()).toBeGreaterThanOrEqual(given)
  })

  test('give the room of one that is given up to the others', () => {
    const value = Buffer.alloc(rowBytes)
    const given = Array.from({ length: 100 }, () => new RestoreBatch(new CountedRows()))
    for (const batch of given) batch.row(Buffer.from('key'), value, 0, 0)
    for (const batch of given) batch.close()
    const rows = new CountedRows()
    const batch = new RestoreBatch(rows)
    for (let row = 0; row < (8 * megabyte) / rowBytes; row++) batch.row(Buffer.from(`key ${row}`), value, 0, 0)
    expect(rows.bytes).toBe(0)
    batch.apply(1)
    expect(rows.bytes).toBeGreaterThan(8 * megabyte)
  })
})
