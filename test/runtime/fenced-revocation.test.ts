/** A worker that is to give up a task learns from the refusal of a commit, before anybody tells it, that it is no member. */
import { afterEach, describe, expect, it } from 'vitest'
import { faultActions } from '../../src/broker/index.ts'
import { errorCode } from '../../src/wire/errors.ts'
import { chains, feed, resultsOf } from '../must-fail/chains.ts'
import { gate, startWorld, type World } from '../must-fail/world.ts'

const { error, hold } = faultActions
const partitions = [0, 1]
const abc = ['a', 'ab', 'abc']

let world: World

afterEach(() => world.close())

interface Case {
  /** Whether a commit is under way when it is told to give up the task; else it commits for that. */
  readonly isUnderWay: boolean
  /** Whether a heartbeat has told it before the refusal does. */
  readonly heard: 'before' | 'after'
}

describe.each<Case>([
  { isUnderWay: false, heard: 'before' },
  { isUnderWay: false, heard: 'after' },
  { isUnderWay: true, heard: 'before' },
  { isUnderWay: true, heard: 'after' },
])('a worker that is to give up a task (%j)', ({ isUnderWay, heard }) => {
  it('and is fenced and no member any more gives up all, and goes on', async () => {
    const commitInterval = isUnderWay ? { milliseconds: 20 } : { hours: 1 }
    world = await startWorld()
    const { app, built, telling, items, out } = chains()
    const transactionalId = `${app}-late-0`
    const taken: string[] = []
    const [commits, lost] = [world.events('commit.ended'), world.events('tasks.lost')]
    await world.bench.create(2, items, out)
    const late = await world.worker(
      'late',
      telling((item) => taken.push(item)),
      { commitInterval },
    )
    await world.until('positions are resolved', () => commits.length === 1)
    const written = gate()
    const faults = [
      world.broker.faults.intercept({ api: 'Produce', transactionalId }, hold(written.opened)),
      world.broker.faults.intercept(
        { api: 'TxnOffsetCommit', transactionalId },
        error(errorCode.INVALID_PRODUCER_EPOCH),
      ),
    ]
    for (const partition of partitions) await feed(world, items, 'a', partition)
    if (isUnderWay) await world.until('it commits', () => faults[0]!.hits > 0)
    // Taken while the commit is under way, where one is: what follows it has begun.
    for (const partition of partitions) await feed(world, items, 'b', partition)
    await world.until('they are taken', () => taken.length === 4)
    const synced = world.asked('late', 'SyncGroup').length
    const other = await world.worker('other', built)
    await world.until('it is to give up a task', () => world.asked('late', 'SyncGroup').length > synced)
    await world.until('it commits', () => faults[0]!.hits > 0)
    const beats = world.asked('late', 'Heartbeat').length
    world.evict(built, 'late')
    const isRefused = () =>
      world
        .asked('late', 'Heartbeat')
        .slice(beats)
        .some((beat) => beat.errorCode !== 0)
    if (heard === 'before') await world.until('its heartbeat is refused', isRefused)
    written.open()
    await world.until('it gives up its tasks', () => lost.some(({ tasks }) => tasks.length > 0))
    // What it has taken since it commits now.
    await late.stop()
    for (const partition of partitions) await feed(world, items, 'c', partition)
    await world.committed(built, items, 6, 2)
    await other.stop()
    expect(faults.map(({ hits }) => hits)).toEqual([1, 1])
    expect(await resultsOf(world, out)).toEqual({ p0: abc, p1: abc })
  })
})
