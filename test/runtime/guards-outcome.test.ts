/** What stands between an answer that was lost, or never given, and a wrong result; see `npm run must-fail`. */
import { afterEach, describe, expect, it } from 'vitest'
import { faultActions } from '../../src/broker/index.ts'
import { errorCode } from '../../src/wire/errors.ts'
import { committed } from '../contracts/runtime-tools.ts'
import { chains, feed, resultsOf } from '../must-fail/chains.ts'
import { gate, startWorld, type World } from '../must-fail/world.ts'

const { closeAfter, error, hold } = faultActions

let world: World

afterEach(() => world.close())

const abc = ['a', 'ab', 'abc']

describe('a commit', () => {
  it.each([[0], [2]] as const)(
    'whose answer is lost counts once (transaction.version %i)',
    async (transactionVersion) => {
      world = await startWorld({ features: { transactionVersion } })
      const { app, built, items, out } = chains()
      await world.bench.create(1, items, out)
      const worker = await world.worker('one', built)
      await feed(world, items, 'a')
      await world.committed(built, items, 1)
      const lost = world.broker.faults.intercept({ api: 'EndTxn', transactionalId: `${app}-one-0` }, closeAfter)
      await feed(world, items, 'b')
      await world.committed(built, items, 2)
      await feed(world, items, 'c')
      await world.committed(built, items, 3)
      await worker.stop()
      expect(lost.hits).toBe(1)
      expect(await resultsOf(world, out)).toEqual({ p0: abc })
    },
  )

  it('whose coordinator moves while it is decided counts once, and the new coordinator is asked', async () => {
    world = await startWorld({ nodes: 2 })
    const { app, built, items, out } = chains()
    const owner = { transactionalId: `${app}-one-0` }
    world.broker.moveCoordinator(owner, 1)
    await world.bench.create(1, items, out)
    const worker = await world.worker('one', built)
    await feed(world, items, 'a')
    await world.committed(built, items, 1)
    const moved = gate()
    const ending = world.broker.faults.interceptEach({ api: 'EndTxn', ...owner }, [closeAfter, hold(moved.opened)])
    await feed(world, items, 'b')
    await world.until('its end is asked for again', () => ending.hits === 2)
    world.broker.moveCoordinator(owner, 2, { milliseconds: 20 })
    const count = () => committed(world.bench, app, items, 1)
    const askedOf = (node: number) => world.asked('one', 'EndTxn').filter((request) => request.node === node).length
    const before = askedOf(1)
    moved.open()
    await world.until('it knows', () => askedOf(1) > before + 1 || askedOf(2) > 0)
    await feed(world, items, 'c')
    await world.until('it is asked there alone', async () => askedOf(1) > before + 1 || (await count()) === 3)
    expect(askedOf(1)).toBe(before + 1)
    await worker.stop()
    expect(await resultsOf(world, out)).toEqual({ p0: abc })
  })

  it('that is refused leaves the state as it was', async () => {
    world = await startWorld()
    const { app, built, items, out } = chains()
    await world.bench.create(1, items, out)
    const worker = await world.worker('one', built)
    await feed(world, items, 'a')
    await world.committed(built, items, 1)
    const match = { api: 'TxnOffsetCommit', transactionalId: `${app}-one-0` }
    const refused = world.broker.faults.intercept(match, error(errorCode.REBALANCE_IN_PROGRESS))
    for (const [index, item] of ['b', 'c'].entries()) {
      await feed(world, items, item)
      await world.committed(built, items, index + 2)
    }
    await worker.stop()
    expect(refused.hits).toBe(1)
    expect(await resultsOf(world, out)).toEqual({ p0: abc })
  })
})

describe('a transaction', () => {
  it('that times out while its worker restores another task is worked again', async () => {
    world = await startWorld()
    const { app, built, items, out, changelog } = chains()
    const assigned = world.events('tasks.assigned')
    await world.bench.create(2, items, out)
    const one = await world.worker('one', built)
    await feed(world, items, 'a', 0)
    await feed(world, items, 'a', 1)
    await world.committed(built, items, 2, 2)
    const other = await world.worker('other', built)
    await world.until('each has its task', () => assigned.filter(({ gained }) => gained.length > 0).length === 2)
    const [restored, written] = [gate(), gate()]
    const transactionalId = `${app}-one-0`
    const restoring = { api: 'Fetch', clientId: 'one', topic: changelog }
    const restore = world.broker.faults.intercept(restoring, hold(restored.opened))
    await other.stop()
    await world.until('it restores', () => restore.hits === 1)
    const ending = world.broker.faults.intercept({ api: 'TxnOffsetCommit', transactionalId }, hold(written.opened))
    await feed(world, items, 'b', 0)
    await world.until('its transaction is open', () => ending.hits === 1)
    expect(world.broker.expireTransaction(transactionalId)).toBe(true)
    written.open()
    await world.committed(built, items, 3, 2)
    restored.open()
    await feed(world, items, 'b', 1)
    await world.committed(built, items, 4, 2)
    await one.stop()
    expect(await resultsOf(world, out)).toEqual({ p0: ['a', 'ab'], p1: ['a', 'ab'] })
  })
})

describe('a first start', () => {
  it('takes no record before the place it begins at is committed, also where that had to be tried again', async () => {
    world = await startWorld()
    const { app, items, out, telling } = chains()
    const taken: string[] = []
    const built = telling((item) => void taken.push(item))
    await world.bench.create(1, items, out)
    await feed(world, items, 'a')
    const match = { api: 'TxnOffsetCommit', transactionalId: `${app}-one-0` }
    const second = gate()
    const commits = world.broker.faults.interceptEach(match, [
      error(errorCode.REBALANCE_IN_PROGRESS),
      hold(second.opened),
    ])
    const worker = await world.worker('one', built)
    await world.until('it tries again', () => commits.hits === 2)
    expect(taken).toEqual([])
    second.open()
    await world.committed(built, items, 1)
    await worker.stop()
    expect(await resultsOf(world, out)).toEqual({ p0: ['a'] })
  })
})
