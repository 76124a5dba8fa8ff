/** What ends with a worker, whatever fails on the way. */
import { afterEach, describe, expect, it } from 'vitest'
import { memory } from '../../src/state/memory/backend.ts'
import type { StateBackend } from '../../src/state/rows.ts'
import { chains, feed } from '../must-fail/chains.ts'
import { startWorld, type World } from '../must-fail/world.ts'

let world: World

afterEach(() => world.close())

/** Rows that can not be closed: a full disk, say. */
function stuck(): StateBackend {
  const inMemory = memory()
  return {
    name: 'stuck',
    open(place) {
      const rows = inMemory.open(place)
      rows.close = () => {
        throw new Error('the disk is full')
      }
      return rows
    },
  }
}

describe('a worker whose state can not be closed', () => {
  it('says so, and leaves its group: others go on with its tasks at once', async () => {
    world = await startWorld()
    const { built, items, out } = chains()
    await world.bench.create(1, items, out)
    const worker = await world.worker('one', built, { state: stuck(), fails: true })
    await feed(world, items, 'a')
    await world.committed(built, items, 1)
    await expect(worker.stop()).rejects.toMatchObject({ cause: { message: 'the disk is full' } })
    expect(world.asked('one', 'LeaveGroup')).toHaveLength(1)
  })
})
