/** Breakers in memory that threads share. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { BreakerCells, breakerBuffer, breakerSlots } from '../../../src/runtime/breakers/cells.ts'

test('a slot holds all of a cell, and none of its neighbours', () => {
  const cells = new BreakerCells(['b', 'a', 'c'])
  const cell = {
    state: 'half-open',
    failures: 7,
    successes: 2,
    openings: 3,
    opensUntil: Number.POSITIVE_INFINITY,
    probesUntil: 12.25,
  } as const
  cells.update(cells.slotOf('b'), () => ({ cell, commanded: 2 ** 40 }))
  expect(cells.update(cells.slotOf('b'), (same) => same).after).toEqual({ cell, commanded: 2 ** 40 })
  for (const name of ['a', 'c']) {
    expect(cells.isClosed(cells.slotOf(name))).toBe(true)
    expect(cells.update(cells.slotOf(name), (same) => same).after).toMatchObject({
      commanded: 0,
      cell: { failures: 0 },
    })
  }
})

test('slots go by sorted names, each once: threads that load the same topologies agree', () => {
  const names = ['c', 'a', 'b', 'a']
  expect(['a', 'b', 'c'].map((name) => new BreakerCells(names).slotOf(name))).toEqual([0, 1, 2])
})

test('more breakers than slots are refused', () => {
  const names = Array.from({ length: breakerSlots + 1 }, (_, index) => `b${index}`)
  expect(() => new BreakerCells(names)).toThrow(expect.objectContaining({ code: 'MR1003' }))
})

test('nothing is lost where threads count at once', { timeout: 120_000 }, async () => {
  const buffer = breakerBuffer()
  const names = ['a', 'b']
  const times = 20_000
  const child = new URL('./cells-child.ts', import.meta.url)
  const threads = [0, 1, 2].map(() => new Worker(child, { workerData: { buffer, names, times } }))
  try {
    await Promise.all(threads.map((thread) => once(thread, 'message')))
    const done = threads.map((thread) => once(thread, 'message'))
    for (const thread of threads) thread.postMessage('go')
    await Promise.all(done)
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()))
  }
  const cells = new BreakerCells(names, buffer)
  const { cell } = cells.update(cells.slotOf('b'), (same) => same).after
  expect(cell).toMatchObject({ failures: 3 * times, opensUntil: (3 * times) / 2 })
})

test('a lock that a thread took to its end is taken from it', { timeout: 60_000 }, () => {
  const buffer = breakerBuffer()
  const cells = new BreakerCells(['a'], buffer)
  new Int32Array(buffer)[0] = 1
  cells.update(0, ({ cell }) => ({ cell: { ...cell, failures: 1 }, commanded: 0 }))
  expect(cells.update(0, (same) => same).after.cell.failures).toBe(1)
})
