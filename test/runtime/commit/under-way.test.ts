/** What a worker does while Kafka has not answered its commit yet, and what becomes of that. */
import { afterEach, describe, expect, it } from 'vitest'
import { type FaultAction, faultActions } from '../../../src/broker/index.ts'
import { errorCode } from '../../../src/wire/errors.ts'
import { chains, feed, resultsOf } from '../../must-fail/chains.ts'
import { gate, startWorld, type World } from '../../must-fail/world.ts'

const { closeAfter, error, hold } = faultActions

let world: World

afterEach(() => world.close())

/** A worker whose commit of `b` stands before Kafka's answer, and which has taken `c` meanwhile. */
async function underWay(api: 'TxnOffsetCommit' | 'EndTxn', then: readonly FaultAction[] = []) {
  world = await startWorld()
  const { app, items, out, telling } = chains()
  const taken: string[] = []
  const built = telling((item) => void taken.push(item))
  await world.bench.create(1, items, out)
  const worker = await world.worker('one', built)
  await feed(world, items, 'a')
  await world.committed(built, items, 1)
  const answer = gate()
  const match = { api, transactionalId: `${app}-one-0` }
  const held = world.broker.faults.interceptEach(match, [[hold(answer.opened), ...then]])
  await feed(world, items, 'b')
  await world.until('the commit stands', () => held.hits === 1)
  const before = produced()
  await feed(world, items, 'c')
  await world.until('the next is taken', () => taken.at(-1) === 'c')
  return { worker, built, items, out, taken, answer, match, before }
}

/** Produce requests of the worker so far. */
const produced = (): number => world.asked('one', 'Produce').length

describe('while a commit is under way', () => {
  it('records are taken, and what they make is sent only behind it', async () => {
    const { worker, built, items, out, answer, before } = await underWay('EndTxn')
    expect(produced()).toBe(before)
    answer.open()
    await world.committed(built, items, 3)
    await worker.stop()
    expect(await resultsOf(world, out)).toEqual({ p0: ['a', 'ab', 'abc'] })
  })

  it('and is refused, both transactions are worked again', async () => {
    const refusal = error(errorCode.REBALANCE_IN_PROGRESS)
    const { worker, built, items, out, taken, answer } = await underWay('TxnOffsetCommit', [refusal])
    answer.open()
    await world.committed(built, items, 3)
    await worker.stop()
    expect(taken).toEqual(['a', 'b', 'c', 'b', 'c'])
    expect(await resultsOf(world, out)).toEqual({ p0: ['a', 'ab', 'abc'] })
  })

  it('and its answer is lost, nothing is lost and nothing doubled', async () => {
    const { worker, built, items, out, answer, match } = await underWay('TxnOffsetCommit')
    const lost = world.broker.faults.intercept({ ...match, api: 'EndTxn' }, closeAfter)
    answer.open()
    await world.committed(built, items, 3)
    await worker.stop()
    expect(lost.hits).toBe(1)
    expect(await resultsOf(world, out)).toEqual({ p0: ['a', 'ab', 'abc'] })
  })

  it('a worker that is told to stop commits what it has taken meanwhile', async () => {
    const { worker, out, answer } = await underWay('EndTxn')
    const stopped = worker.stop()
    answer.open()
    await stopped
    expect(await resultsOf(world, out)).toEqual({ p0: ['a', 'ab', 'abc'] })
  })

  it('a member that has lost its place gives up what it has taken meanwhile', async () => {
    const { worker, built, items, out, taken, answer } = await underWay('TxnOffsetCommit')
    world.evict(built, 'one')
    answer.open()
    await world.committed(built, items, 3)
    await worker.stop()
    expect(taken.slice(0, 5)).toEqual(['a', 'b', 'c', 'b', 'c'])
    expect(await resultsOf(world, out)).toEqual({ p0: ['a', 'ab', 'abc'] })
  })
})
