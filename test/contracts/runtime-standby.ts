import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { WorkerEventName } from '../../src/observe/events.ts'
import {
  expectedOf,
  heldUp,
  itemsOf,
  type Seen,
  seen,
  type Tallied,
  tallied,
  toldOf,
} from '../runtime/standbys/standby-tools.ts'
import { committed, type RuntimeBench, type Started } from './runtime-tools.ts'
import { unique, until } from './tools.ts'

const timeout = 120_000

export function standbyContract(bench: RuntimeBench): void {
  const committedAre = (topics: Tallied, count: number, partitions: number): Promise<void> =>
    until(`${count} are committed`, async () => {
      return (await committed(bench, topics.app, topics.items, partitions)) === count
    })

  async function prepared(partitions: number): Promise<Tallied> {
    const topics = tallied(unique('tallied'))
    await bench.create(partitions, topics.items, topics.counts)
    return topics
  }

  /** Ends with the test, however that ends. */
  function watching<Name extends WorkerEventName>(name: Name): Seen<Name>['events'] {
    const { events, stop } = seen(name)
    onTestFinished(stop)
    return events
  }

  function stopping(worker: Started): Started {
    onTestFinished(async () => void (await worker.stop().catch(() => undefined)))
    return worker
  }

  function startChild({ app }: Tallied): ChildProcess {
    const file = fileURLToPath(new URL('../runtime/standbys/standby-child.ts', import.meta.url))
    const child = spawn(process.execPath, [file, app, bench.brokers], { stdio: 'inherit' })
    onTestFinished(() => void child.kill('SIGKILL'))
    return child
  }

  describe('copies of state', () => {
    it('a standby takes over from a worker that is killed, and reads no more than the tail', { timeout }, async () => {
      const topics = await prepared(1)
      const many = itemsOf(2_000)
      const few = itemsOf(20)
      const child = startChild(topics)
      await bench.produce(topics.items, many)
      await committedAre(topics, many.length, 1)
      const ready = watching('standby.ready')
      const restored = watching('restore.ended')
      const heir = stopping(bench.start(topics.built, { instance: 'heir', standbys: 1 }))
      await until('the copy is there', () => ready.length === 1)
      expect(ready).toEqual([{ task: `${topics.items}-0`, kind: 'standby', lag: expect.any(Number) }])
      await bench.produce(topics.items, few)
      await committedAre(topics, many.length + few.length, 1)
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
      await bench.produce(topics.items, few)
      await committedAre(topics, many.length + 2 * few.length, 1)
      await heir.stop()
      expect(restored.map(({ store }) => store)).toEqual(['per-key'])
      expect(restored[0]!.rows).toBeLessThanOrEqual(few.length)
      expect(await toldOf(bench, topics)).toEqual(expectedOf(many, few, few))
    })

    it('a task with much state moves when its copy has caught up; until then its owner works on', {
      timeout,
    }, async () => {
      const topics = await prepared(2)
      const [many, more] = [itemsOf(500, 0), itemsOf(500, 1)]
      const few = [...itemsOf(10, 0), ...itemsOf(10, 1)]
      const options = { acceptableLag: 100, standbys: 1 }
      const owner = stopping(bench.start(topics.built, { ...options, instance: 'owner' }))
      await bench.produce(topics.items, [...many, ...more])
      await committedAre(topics, 1_000, 2)
      const assigned = watching('tasks.assigned')
      const copied = watching('standbys.assigned')
      const restored = watching('restore.ended')
      const isChangelog = ({ topic }: { topic: string }): boolean => topic === topics.changelog
      const { kafka, held, release } = heldUp(await bench.client(), isChangelog)
      const helper = stopping(bench.start(topics.built, { ...options, instance: 'helper', kafka }))
      await until('the copies are held up', () => held() > 0)
      expect(copied).toEqual([{ standbys: [`${topics.items}-0`], warmUps: [`${topics.items}-1`] }])
      // Nothing is taken from its owner meanwhile.
      await bench.produce(topics.items, few)
      await committedAre(topics, 1_020, 2)
      expect(assigned.flatMap(({ gained, revoked }) => [...gained, ...revoked])).toEqual([])
      release()
      await until('the task has moved', () => assigned.some(({ gained }) => gained.includes(`${topics.items}-1`)))
      await bench.produce(topics.items, few)
      await committedAre(topics, 1_040, 2)
      expect(assigned.flatMap(({ gained, revoked }) => [...gained, ...revoked])).toEqual([
        `${topics.items}-1`,
        `${topics.items}-1`,
      ])
      // One rebalance to say so, one for each half of the move.
      const generations = assigned.map(({ generation }) => generation)
      expect(Math.max(...generations) - Math.min(...generations)).toBeLessThanOrEqual(4)
      expect(restored).toHaveLength(1)
      expect(restored[0]!.rows).toBeLessThanOrEqual(options.acceptableLag)
      // Who gave the task away has kept its rows, and followed: it is back at once.
      await helper.stop()
      await until('it is back', () => restored.length === 2)
      await bench.produce(topics.items, few)
      await committedAre(topics, 1_060, 2)
      await owner.stop()
      expect(restored.map(({ rows }) => rows)[1]).toBeLessThanOrEqual(20)
      expect(await toldOf(bench, topics)).toEqual(expectedOf(many, more, few, few, few))
    })
  })
}
