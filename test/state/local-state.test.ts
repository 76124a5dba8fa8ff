/** Workers that keep their state on disk: killed, started again, given a disk that knows too much. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { RunOptions, RunSummary } from '../../src/runtime/run.ts'
import { lmdb } from '../../src/state/lmdb/index.ts'
import { committed, type Input } from '../contracts/runtime-tools.ts'
import { suiteBench } from '../contracts/suite-bench.ts'
import { unique, until } from '../contracts/tools.ts'
import { temporaryDirectory } from './directories.ts'
import { type Counted, counted } from './running-topologies.ts'

const timeout = 120_000
const keys = 3_000

describe('state on the disk of a worker', () => {
  const bench = suiteBench()

  async function started(): Promise<Counted> {
    const topics = counted(unique('counted'))
    await bench.create(1, topics.items, topics.names, topics.counts, topics.copies)
    await bench.produce(topics.items, rows('first'))
    await bench.produce(topics.names, rows('name'))
    return topics
  }

  function rows(value: string): Input[] {
    return Array.from({ length: keys }, (_, index) => ({ key: `k${index}`, value, time: 1_000 + index }))
  }

  /** Rows that a bounded run restored into stores: what it read of progress doesn't count. */
  async function restoredBy(topics: Counted, options: Partial<RunOptions>): Promise<number> {
    const progress = await bench.read(`${topics.app}.progress`).catch(() => [])
    const { restoredRows }: RunSummary = await bench.run(topics.built, options)
    return restoredRows - progress.length
  }

  /** The last count of each key, and how often each key was told of. */
  async function countsOf({ counts }: Counted): Promise<Map<string, string[]>> {
    const told = new Map<string, string[]>()
    for (const { key, value } of await bench.read(counts)) {
      told.set(key!.toString(), [...(told.get(key!.toString()) ?? []), value!.toString()])
    }
    return told
  }

  function startChild({ app }: Counted, directory: string): ChildProcess {
    const file = fileURLToPath(new URL('worker-child.ts', import.meta.url))
    const child = spawn(process.execPath, [file, app, bench.brokers, directory], { stdio: 'inherit' })
    onTestFinished(() => void child.kill('SIGKILL'))
    return child
  }

  test('a worker that is killed reads only the tail back, and counts as if nothing had been', { timeout }, async () => {
    const topics = await started()
    const { app, items, names } = topics
    const directory = temporaryDirectory()
    const child = startChild(topics, directory)
    const reaches = (what: string, name: string, count: number): Promise<void> =>
      until(what, async () => (await committed(bench, app, name, 1)) === count)
    await reaches('the items are committed', items, keys)
    await reaches('the names are committed', names, keys)
    for (let one = 0; one < 3; one++) {
      await bench.produce(items, [{ key: 'k1', value: 'more', time: 9_000 }])
      await reaches('one more is committed', items, keys + one + 1)
    }
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
    await bench.produce(items, [{ key: 'k1', value: 'more', time: 9_000 }])
    // Killed between Kafka's commit and its own, it would have the last one to read.
    expect(await restoredBy(topics, { state: lmdb(directory) })).toBeLessThanOrEqual(1)
    const told = await countsOf(topics)
    expect(told.get('k1')).toEqual(['1', '2', '3', '4', '5'])
    expect([...told.values()].map((each) => each.length).reduce((sum, length) => sum + length)).toBe(keys + 4)
    // Another worker, with nothing on its disk, comes to the same.
    await bench.produce(items, [{ key: 'k1', value: 'more', time: 9_000 }])
    expect(await restoredBy(topics, {})).toBeGreaterThanOrEqual(2 * keys)
    expect((await countsOf(topics)).get('k1')!.at(-1)).toBe('6')
  })

  test('what another worker has done meanwhile is read from where this one stopped', { timeout }, async () => {
    const topics = await started()
    const directory = temporaryDirectory()
    await bench.run(topics.built, { state: lmdb(directory) })
    await bench.produce(topics.items, [
      { key: 'k1', value: 'more', time: 9_000 },
      { key: 'k2', value: 'more', time: 9_000 },
    ])
    await bench.produce(topics.names, [{ key: 'k3', value: 'other', time: 9_000 }])
    await bench.run(topics.built)
    await bench.produce(topics.items, [{ key: 'k1', value: 'more', time: 9_000 }])
    expect(await restoredBy(topics, { state: lmdb(directory) })).toBe(3)
    expect((await countsOf(topics)).get('k1')).toEqual(['1', '2', '3'])
  })

  test('a store that is ahead of its changelog begins anew, and no other does', { timeout }, async () => {
    const topics = await started()
    const directory = temporaryDirectory()
    await bench.run(topics.built, { state: lmdb(directory) })
    const task = `${topics.items}-0`
    const rowsAhead = lmdb(directory).open({ app: topics.app, task, store: 'per-key', layout: 'points' })
    expect([rowsAhead.size, rowsAhead.position]).toEqual([keys, expect.any(Number)])
    rowsAhead.apply([], 1_000_000)
    rowsAhead.close()
    await bench.produce(topics.items, [{ key: 'k1', value: 'more', time: 9_000 }])
    expect(await restoredBy(topics, { state: lmdb(directory) })).toBe(keys)
    expect((await countsOf(topics)).get('k1')).toEqual(['1', '2'])
  })
})
