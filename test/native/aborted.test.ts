import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { committedOnly } from '../../src/kafka/native/fetch/aborted.ts'
import { BatchBuilder, buildControlBatch, type RecordBatch, readBatches, setBaseOffset } from '../../src/wire/batch.ts'

type Entry = { readonly producer: number; readonly what: 'data' | 'commit' | 'abort' | 'plain' }

/** A log with one record per entry, and the aborted list as Kafka makes it: in the order of the abort markers. */
function logOf(entries: readonly Entry[]) {
  const began = new Map<number, number>()
  const aborted: { producerId: number; firstOffset: number }[] = []
  const bytes = entries.map(({ producer, what }, offset) => {
    if (what === 'data' && !began.has(producer)) began.set(producer, offset)
    if (what === 'abort' && began.has(producer))
      aborted.push({ producerId: producer, firstOffset: began.get(producer)! })
    if (what === 'commit' || what === 'abort') began.delete(producer)
    const batch = bytesOf(producer, what)
    setBaseOffset(batch, 0, offset)
    return batch
  })
  return { batches: readBatches(Buffer.concat(bytes)), aborted }
}

function bytesOf(producer: number, what: Entry['what']): Buffer {
  if (what === 'commit' || what === 'abort') {
    return buildControlBatch({ type: what, producerId: producer, producerEpoch: 0, coordinatorEpoch: 0, timestamp: 1 })
  }
  const builder = new BatchBuilder()
  builder.append(1, null, 'value')
  return builder.build({ producerId: producer, producerEpoch: 0, baseSequence: 0, transactional: what === 'data' })
}

const offsets = (batches: readonly RecordBatch[]) => batches.map(({ baseOffset }) => baseOffset)

describe('the filter of committed data', () => {
  it('hides overlapping aborted transactions whatever the order of the list', () => {
    const { batches, aborted } = logOf([
      { producer: 1, what: 'data' },
      { producer: 2, what: 'data' },
      { producer: 3, what: 'data' },
      { producer: 2, what: 'abort' },
      { producer: 1, what: 'data' },
      { producer: 1, what: 'abort' },
      { producer: 3, what: 'commit' },
      { producer: 1, what: 'data' },
      { producer: 1, what: 'commit' },
    ])
    expect(aborted.map(({ firstOffset }) => firstOffset)).toEqual([1, 0])
    expect(offsets(committedOnly(batches, aborted))).toEqual([2, 7])
    expect(offsets(committedOnly(batches, [...aborted].reverse()))).toEqual([2, 7])
  })

  it('agrees with the history for every history and every order of the list', () => {
    const entry = fc.record({
      producer: fc.integer({ min: 1, max: 4 }),
      what: fc.constantFrom('data', 'data', 'data', 'commit', 'abort', 'plain') as fc.Arbitrary<Entry['what']>,
    })
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 40 }), fc.func(fc.integer()), (history, order) => {
        // All transactions end: what is above the last stable offset is never fetched.
        const entries = [...history, ...[1, 2, 3, 4].map((producer): Entry => ({ producer, what: 'abort' }))]
        const { batches, aborted } = logOf(entries)
        const shuffled = [...aborted].sort((left, right) => order(left) - order(right))
        expect(offsets(committedOnly(batches, shuffled))).toEqual(visibleIn(entries))
      }),
    )
  })

  it('hides markers also from who reads everything', () => {
    const { batches } = logOf([
      { producer: 1, what: 'data' },
      { producer: 1, what: 'abort' },
    ])
    expect(offsets(committedOnly(batches, []))).toEqual([0])
  })
})

/** By definition: data is visible when the next marker of its producer is a commit, or when it needs none. */
function visibleIn(entries: readonly Entry[]): number[] {
  return entries.flatMap(({ producer, what }, offset) => {
    if (what === 'plain') return [offset]
    if (what !== 'data') return []
    const end = entries
      .slice(offset)
      .find((later) => later.producer === producer && later.what !== 'data' && later.what !== 'plain')
    return end?.what === 'commit' ? [offset] : []
  })
}
