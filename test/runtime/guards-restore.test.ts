/** What stands between a task that moves and a state that is not the last one; see `npm run must-fail`. */
import { afterEach, describe, expect, it } from 'vitest'
import { from, globalTable, text, topic, topology } from '../../src/index.ts'
import { partitionsOfTopic } from '../../src/record.ts'
import { BatchBuilder } from '../../src/wire/batch.ts'
import { unique } from '../contracts/tools.ts'
import { chains, feed, resultsOf } from '../must-fail/chains.ts'
import { startWorld, type World } from '../must-fail/world.ts'

let world: World

afterEach(() => world.close())

async function resolved(app: string, items: string): Promise<boolean> {
  const positions = await world.bench.kafka.positions(app, partitionsOfTopic(items, 2))
  return positions.every(({ offset }) => offset >= 0)
}

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
  await world.until('positions are resolved', async () => commits.length === 1 && (await resolved(app, items)))
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

/** As large as a segment may be, almost: what is left of the first one stays alone in its segment. */
const longest = 1_048_500

/** A name whose first version compaction has removed, but for a batch without records. */
async function compactedNames(names: string): Promise<void> {
  const { kafka } = world.bench
  const place = { topic: names, partition: 0 }
  const configs = { 'cleanup.policy': 'compact', 'segment.bytes': `${1024 * 1024}` }
  await kafka.topics.create([{ name: names, partitions: 1, configs }])
  for (const name of ['old', 'x'.repeat(longest)]) {
    const producer = kafka.producer()
    const batch = new BatchBuilder()
    batch.append(1_000, 'k', name)
    await producer.append(place, batch)
    await producer.close()
    world.broker.rollSegments(names)
  }
  world.broker.compactNow(names)
  const fetcher = kafka.fetcher({ isolation: 'read_committed' })
  fetcher.seek(place, 0)
  const [first] = await fetcher.poll({ seconds: 10 })
  await fetcher.close()
  expect(first!.batches.map(({ baseOffset, recordCount }) => [baseOffset, recordCount])).toEqual([[0, 0]])
}

describe('a table that is read back', () => {
  it('is read to its end, over a batch that compaction has emptied', async () => {
    world = await startWorld()
    const app = unique('lookups')
    const names = globalTable(`${app}.names`, { value: text })
    const items = topic(`${app}.items`, { key: text, value: text })
    const out = topic(`${app}.out`, { key: text, value: text })
    const named = from(items).lookup(
      names,
      () => 'k',
      (item, name) => `${item} ${name?.length}`,
    )
    await world.bench.create(1, items.name, out.name)
    await compactedNames(names.name)
    await feed(world, items.name, 'a')
    const worker = await world.worker('one', topology(app, named.to(out)))
    const fetches = () => world.asked('one', 'Fetch').filter(({ topics }) => topics.includes(names.name)).length
    // A reader that stands still asks for the same again and again.
    await world.until('it works', async () => fetches() > 30 || (await resultsOf(world, out.name)).p0 !== undefined)
    expect(await resultsOf(world, out.name)).toEqual({ p0: [`a ${longest}`] })
    await worker.stop()
  })
})
