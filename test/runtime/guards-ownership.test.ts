/** What stands between a thread that has lost its tasks and those who have them now; see `npm run must-fail`. */
import { afterEach, describe, expect, it } from 'vitest'
import { faultActions } from '../../src/broker/index.ts'
import { systemClock, toMilliseconds } from '../../src/clock.ts'
import { from, type Topology, text, topic, topology, tumbling } from '../../src/index.ts'
import { errorCode } from '../../src/wire/errors.ts'
import { committed } from '../contracts/runtime-tools.ts'
import { unique } from '../contracts/tools.ts'
import { chains, feed, resultsOf } from '../must-fail/chains.ts'
import { gate, startWorld, type World } from '../must-fail/world.ts'

const { error, hold } = faultActions
const abc = ['a', 'ab', 'abc']

let world: World

afterEach(() => world.close())

/** From now on nothing passes between a client and the broker, until the function returned is called. */
function freeze(clientId: string, built: Topology): () => void {
  const release = world.broker.partition(clientId, 1)
  world.evict(built, clientId)
  return release
}

/** The zombie's transaction that was open when it froze has been decided, one way or the other. */
async function wakes(transactionalId: string, release: () => void): Promise<void> {
  const [aborts, commits] = [world.events('transaction.aborted'), world.events('commit.ended')]
  release()
  const isOfZombie = (event: { readonly transactionalId: string }) => event.transactionalId === transactionalId
  await world.until('the zombie ends its transaction', () => aborts.some(isOfZombie) || commits.some(isOfZombie))
}

describe('a zombie', () => {
  it('that wakes in the middle of a transaction can not commit it', async () => {
    world = await startWorld()
    const { app, built, telling, items, out } = chains()
    await world.bench.create(1, items, out)
    let release: (() => void) | null = null
    const freezing = telling((item) => {
      if (item === 'b' && release === null) release = freeze('zombie', built)
    })
    const zombie = await world.worker('zombie', freezing)
    await feed(world, items, 'a')
    await world.committed(built, items, 1)
    await feed(world, items, 'b')
    await world.until('the zombie is frozen', () => release !== null)
    const heir = await world.worker('heir', built)
    await world.committed(built, items, 2)
    await wakes(`${app}-zombie-0`, release!)
    await feed(world, items, 'c')
    await world.committed(built, items, 3)
    await Promise.all([zombie.stop(), heir.stop()])
    expect(await resultsOf(world, out)).toEqual({ p0: abc })
  })

  it('whose transaction holds no record, only what time has done, can not commit it either', async () => {
    world = await startWorld()
    const { app, items, out, telling } = windowed()
    let release: (() => void) | null = null
    let ahead = 0
    const clock = { ...systemClock, now: () => systemClock.now() + ahead }
    const built = telling(() => undefined)
    const freezing = telling(() => {
      release ??= freeze('zombie', built)
    })
    await world.bench.create(1, items, out)
    const zombie = await world.worker('zombie', freezing, { clock })
    await feed(world, items, 'a')
    await world.committed(built, items, 1)
    ahead = toMilliseconds({ hours: 1 })
    await world.until('time has closed the window of the zombie', () => release !== null)
    const heir = await world.worker('heir', built)
    await feed(world, items, 'b')
    await world.bench.produce(items, [{ key: 'later', value: 'x', time: 1_000_000 }])
    await world.committed(built, items, 3)
    await wakes(`${app}-zombie-0`, release!)
    await Promise.all([zombie.stop(), heir.stop()])
    expect(await resultsOf(world, out)).toEqual({ p0: ['ab'] })
  })
})

/** As `chains`, per minute: a result when its minute is over, also when that is so by the clock. */
function windowed() {
  const app = unique('minutes')
  const items = topic(`${app}.items`, { key: text, value: text })
  const out = topic(`${app}.out`, { key: text, value: text })
  const telling = (closed: () => void): Topology =>
    topology(
      app,
      from(items, { idle: { after: { minutes: 10 } } })
        .window(tumbling({ minutes: 1 }))
        .aggregate('chain', { as: text, start: '', add: (chain, item) => chain + item })
        .map((chain) => {
          closed()
          return chain
        })
        .to(out),
    )
  return { app, items: items.name, out: out.name, telling }
}

describe('a member that was lost and has come back', () => {
  it('does not commit in its new generation what it did in the old one', async () => {
    world = await startWorld()
    const { app, built, items, out } = chains()
    const transactionalId = `${app}-late-0`
    const assigned = world.events('tasks.assigned')
    const begun = world.events('commit.started')
    await world.bench.create(2, items, out)
    const late = await world.worker('late', built)
    await feed(world, items, 'a')
    await world.committed(built, items, 1, 2)
    const other = await world.worker('other', built)
    await world.until('each has its task', () => assigned.filter(({ gained }) => gained.length > 0).length === 2)
    const [written, back] = [gate(), gate()]
    const faults = [
      world.broker.faults.intercept({ api: 'Produce', transactionalId }, hold(written.opened)),
      world.broker.faults.intercept({ api: 'JoinGroup', clientId: 'late' }, hold(back.opened)),
      world.broker.faults.intercept(
        { api: 'TxnOffsetCommit', transactionalId },
        error(errorCode.COORDINATOR_LOAD_IN_PROGRESS),
      ),
    ]
    const before = begun.length
    await feed(world, items, 'b')
    await world.until('it commits', () => begun.length > before)
    world.evict(built, 'late')
    await world.committed(built, items, 2, 2)
    const synced = world.asked('late', 'SyncGroup').length
    back.open()
    await world.until('it is a member again', () => world.asked('late', 'SyncGroup').length > synced)
    await wakes(transactionalId, written.open)
    await feed(world, items, 'c')
    await world.committed(built, items, 3, 2)
    await Promise.all([late.stop(), other.stop()])
    expect(faults.map(({ hits }) => hits)).toEqual([1, 1, 1])
    expect(await resultsOf(world, out)).toEqual({ p0: abc })
  })
})

describe('a task that is taken away', () => {
  it('is committed before another may have it', async () => {
    world = await startWorld()
    const { built, telling, items, out } = chains()
    const taken: string[] = []
    const assigned = world.events('tasks.assigned')
    const commits = world.events('commit.ended')
    await world.bench.create(2, items, out)
    // Commits when it has to, not before.
    const commitInterval = { hours: 1 }
    const telltale = telling((item) => taken.push(item))
    const first = await world.worker('first', telltale, { commitInterval })
    await world.until('positions are resolved', () => commits.length === 1)
    await feed(world, items, 'a', 0)
    await feed(world, items, 'a', 1)
    await world.until('both are taken', () => taken.length === 2)
    expect(commits.length).toBe(1)
    const heir = await world.worker('heir', built)
    await world.until('each has its task', () => assigned.filter(({ gained }) => gained.length > 0).length === 2)
    await feed(world, items, 'b', 1)
    await world.until('the heir has worked', async () => (await positionOf(built, items, 1)) === 2)
    await Promise.all([first.stop(), heir.stop()])
    expect(await resultsOf(world, out)).toEqual({ p0: ['a'], p1: ['a', 'ab'] })
  })
})

async function positionOf({ name }: Topology, topic: string, partition: number): Promise<number> {
  const [position] = await world.bench.kafka.positions(name, [{ topic, partition }])
  return position!.offset
}

describe('a worker whose name another has taken', () => {
  it('does not fence its successor in turn', async () => {
    world = await startWorld()
    const { built, items, out } = chains()
    const shown = gate()
    const inits = (clientId: string) =>
      world.asked(clientId, 'InitProducerId').filter(({ transactionalId }) => transactionalId !== null).length
    await world.bench.create(1, items, out)
    const elder = await world.worker('elder', built, { instance: 'twin', fails: true })
    await feed(world, items, 'a')
    await world.committed(built, items, 1)
    const beats = world.broker.faults.intercept(
      { api: 'Heartbeat', clientId: 'elder', times: Number.POSITIVE_INFINITY },
      hold(shown.opened),
    )
    const younger = await world.worker('younger', built, { instance: 'twin' })
    await world.until('the younger is a member', () => world.asked('younger', 'SyncGroup').length > 0)
    await feed(world, items, 'b')
    const isRefused = () => world.asked('elder', 'Produce').some((request) => request.errorCode !== 0)
    await world.until('the elder is fenced', isRefused)
    await world.until(
      'the younger works',
      async () => inits('elder') > 1 || (await committed(world.bench, built.name, items, 1)) === 2,
    )
    await world.until('the elder asks whether it is a member', () => inits('elder') > 1 || beats.hits > 0)
    const ended = expect(elder.ended).rejects.toMatchObject({ text: { code: 'MR2006' } })
    shown.open()
    await ended
    await feed(world, items, 'c')
    await world.committed(built, items, 3)
    await younger.stop()
    expect([inits('elder'), inits('younger')]).toEqual([1, 1])
    expect(await resultsOf(world, out)).toEqual({ p0: abc })
  })
})
