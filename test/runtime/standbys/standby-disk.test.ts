/** Copies on the disks of their workers: tasks go to and fro, and nobody reads what he has. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { lmdb } from '../../../src/state/lmdb/index.ts'
import { committed, type Started } from '../../contracts/runtime-tools.ts'
import { suiteBench } from '../../contracts/suite-bench.ts'
import { unique, until } from '../../contracts/tools.ts'
import { temporaryDirectory } from '../../state/directories.ts'
import { expectedOf, itemsOf, seen, tallied, toldOf } from './standby-tools.ts'

const timeout = 120_000

describe('copies on disk', () => {
  const bench = suiteBench()

  test('each of two workers takes over from the other and reads the tail only', { timeout }, async () => {
    const topics = tallied(unique('tallied'))
    await bench.create(1, topics.items, topics.counts)
    const [left, right] = [temporaryDirectory(), temporaryDirectory()]
    const ready = seen('standby.ready')
    const restored = seen('restore.ended')
    onTestFinished(() => {
      ready.stop()
      restored.stop()
    })
    const work = (instance: string, directory: string): Started => {
      const worker = bench.start(topics.built, { instance, standbys: 1, acceptableLag: 0, state: lmdb(directory) })
      onTestFinished(async () => void (await worker.stop().catch(() => undefined)))
      return worker
    }
    let count = 0
    const produce = async (items: ReturnType<typeof itemsOf>): Promise<void> => {
      await bench.produce(topics.items, items)
      count += items.length
      await until('all is committed', async () => (await committed(bench, topics.app, topics.items, 1)) === count)
    }
    const [many, few] = [itemsOf(200), itemsOf(20)]
    let first = work('left', left)
    await produce(many)
    const second = work('right', right)
    await until('the copy is there', () => ready.events.length === 1)
    await first.stop()
    await produce(few)
    first = work('left', left)
    await until('the other copy is there', () => ready.events.length === 2)
    await second.stop()
    await produce(few)
    await first.stop()
    expect(restored.events.map(({ rows }) => rows)).toEqual([0, expect.any(Number), expect.any(Number)])
    for (const { rows } of restored.events) expect(rows).toBeLessThanOrEqual(few.length)
    expect(await toldOf(bench, topics)).toEqual(expectedOf(many, few, few))
    for (const directory of [left, right]) {
      const place = { app: topics.app, task: `${topics.items}-0`, store: 'per-key', layout: 'points' } as const
      const rows = lmdb(directory).open(place)
      expect(rows.size).toBe(many.length)
      rows.close()
    }
  })
})
