/** What stands between a task that moves and a state that is not the last one; see `npm run must-fail`. */
import { afterEach, describe, expect, it } from 'vitest'
import { chains, feed, resultsOf } from '../must-fail/chains.ts'
import { startWorld, type World } from '../must-fail/world.ts'

let world: World

afterEach(() => world.close())

/** Two partitions: the second moves to the heir, which finds `held` back until it has asked for what it may not miss. */
async function handOver(
  hold: (app: string, changelog: string) => () => void,
  hasAsked: (changelog: string) => boolean,
) {
  world = await startWorld()
  const { app, built, items, out, changelog } = chains()
  const assigned = world.events('tasks.assigned')
  const commits = world.events('commit.ended')
  await world.bench.create(2, items, out)
  const first = await world.worker('first', built)
  await world.until('positions are resolved', () => commits.length === 1)
  const release = hold(app, changelog)
  await feed(world, items, 'a', 1)
  await world.until('the item is committed', () => commits.length === 2)
  const heir = await world.worker('heir', built)
  await world.until('the first gives up its second task', () => assigned.some(({ revoked }) => revoked.length === 1))
  await feed(world, items, 'b', 1)
  await world.until('the heir has asked', () => hasAsked(changelog))
  release()
  await world.until('the heir has worked', async () => (await resultsOf(world, out)).p1!.length > 1)
  await world.committed(built, items, 2, 2)
  await Promise.all([first.stop(), heir.stop()])
  return await resultsOf(world, out)
}

describe('a task that moves', () => {
  it('begins where its last owner committed, also while that commit is not visible yet', async () => {
    const hasAsked = () => world.asked('heir', 'OffsetFetch').length > 0
    expect(await handOver((app) => world.broker.holdOffsets(app), hasAsked)).toEqual({ p1: ['a', 'ab'] })
  })

  it('is restored to all that its last owner committed, also where markers of the changelog are late', async () => {
    const hold = (_app: string, topic: string) => world.broker.holdMarkers({ topic, partition: 1 })
    // Once for the end, once for the start: then the first has been answered.
    const hasAsked = (changelog: string) =>
      world.asked('heir', 'ListOffsets').filter(({ topics }) => topics.includes(changelog)).length === 2
    expect(await handOver(hold, hasAsked)).toEqual({ p1: ['a', 'ab'] })
  })
})
