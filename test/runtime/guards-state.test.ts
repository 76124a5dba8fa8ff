/** What keeps rows on a disk from knowing more than Kafka, or less; see `npm run must-fail`. */
import { afterEach, describe, expect, it } from 'vitest'
import { faultActions } from '../../src/broker/index.ts'
import { lmdb } from '../../src/state/lmdb/index.ts'
import { chains, feed, resultsOf } from '../must-fail/chains.ts'
import { gate, startWorld, type World } from '../must-fail/world.ts'
import { temporaryDirectory } from '../state/directories.ts'

const { hold, closeAfter } = faultActions

let world: World

afterEach(() => world.close())

describe('rows on the disk of a worker', () => {
  it('hold nothing of a transaction that Kafka aborted while its end was asked for', async () => {
    world = await startWorld()
    const { app, built, items, out } = chains()
    await world.bench.create(1, items, out)
    const worker = await world.worker('one', built, { state: lmdb(temporaryDirectory()) })
    await feed(world, items, 'a')
    await world.committed(built, items, 1)
    const transactionalId = `${app}-one-0`
    const late = gate()
    const ending = world.broker.faults.intercept({ api: 'EndTxn', transactionalId }, hold(late.opened))
    await feed(world, items, 'b')
    await world.until('its end is asked for', () => ending.hits === 1)
    expect(world.broker.expireTransaction(transactionalId)).toBe(true)
    late.open()
    await world.committed(built, items, 2)
    await feed(world, items, 'c')
    await world.committed(built, items, 3)
    await worker.stop()
    expect(await resultsOf(world, out)).toEqual({ p0: ['a', 'ab', 'abc'] })
  })

  it('are void where their changelog was deleted and made anew, however long it has become', async () => {
    world = await startWorld()
    const { app, built, items, out, changelog } = chains()
    await world.bench.create(1, items, out)
    const directory = temporaryDirectory()
    const one = await world.worker('one', built, { state: lmdb(directory) })
    await world.bench.produce(items, [{ key: 'x', value: 'a', time: 1_000 }])
    await world.committed(built, items, 1)
    await one.stop()
    const { admin } = world.bench.kafka
    await admin.deleteTopics([changelog, `${app}.progress`, items, out])
    await admin.groups.delete([app])
    await world.bench.create(1, items, out)
    const other = await world.worker('other', built)
    for (const [index, item] of ['b', 'c', 'd'].entries()) {
      await feed(world, items, item)
      await world.committed(built, items, index + 1)
    }
    await other.stop()
    const again = await world.worker('one', built, { state: lmdb(directory) })
    await world.bench.produce(items, [{ key: 'x', value: 'e', time: 1_000 }])
    await world.committed(built, items, 4)
    await again.stop()
    expect(await resultsOf(world, out)).toEqual({ p0: ['b', 'bc', 'bcd'], x: ['e'] })
  })

  it('get what was committed although nobody heard of it, each row once', async () => {
    world = await startWorld({ features: { transactionVersion: 0 } })
    const { app, built, items, out } = chains()
    await world.bench.create(1, items, out)
    const directory = temporaryDirectory()
    const worker = await world.worker('one', built, { state: lmdb(directory) })
    await feed(world, items, 'a')
    await world.committed(built, items, 1)
    const lost = world.broker.faults.intercept({ api: 'EndTxn', transactionalId: `${app}-one-0` }, closeAfter)
    for (const [index, item] of ['b', 'c'].entries()) {
      await feed(world, items, item)
      await world.committed(built, items, index + 2)
    }
    await worker.stop()
    expect(lost.hits).toBe(1)
    const again = await world.worker('one', built, { state: lmdb(directory) })
    await feed(world, items, 'd')
    await world.committed(built, items, 4)
    await again.stop()
    expect(await resultsOf(world, out)).toEqual({ p0: ['a', 'ab', 'abc', 'abcd'] })
  })
})
