import { describe, expect, test } from 'vitest'
import { PartitionQueue } from '../../../src/runtime/tasks/queue.ts'
import { DecisionLog } from '../../../src/runtime/time/decisions.ts'
import { Merge } from '../../../src/runtime/time/merge.ts'
import { BatchBuilder, type RecordBatch, readBatches, setBaseOffset } from '../../../src/wire/batch.ts'

/** Two or more inputs of one task; `wait` as the sources say. */
function mergeOf({ topics = ['p1', 'p2'], wait = 0, lacksSource = false } = {}) {
  let now = 0
  let isHeld = false
  const queues = topics.map((topic, index) => new PartitionQueue({ topic, partition: 0 }, index))
  for (const queue of queues) queue.moveTo(0)
  const decisions = new DecisionLog('task', queues)
  const counters = { enforced: 0 }
  const ends = topics.map(() => 0)
  const merge: Merge = new Merge(
    queues.map((queue) => ({ queue, wait, isSource: !(lacksSource && queue.index === 1) })),
    {
      fill(queue) {
        const cursor = queue.ready ? queue.current : queue.advance()
        if (cursor === null) return false
        queue.head.time = cursor.timestamp
        queue.ready = true
        merge.delivered(queue.index)
        if (decisions.isAbsent(queue.index)) decisions.end(queue.index, moment(), cursor.timestamp)
        return true
      },
      hasEnded: (queue) => queue.finished,
      isHeld: () => isHeld,
      isReplaying: () => false,
      moment: () => moment(),
      now: () => now,
      decisions,
      counters,
    },
  )
  const moment = () => {
    const offsets = Object.fromEntries(queues.map(({ topic, position }) => [`${topic}-0`, position]))
    return { offsets, before: -1, wallTime: now }
  }
  return {
    merge,
    queues,
    decisions,
    counters,
    /** A fetch of an input; Kafka has `lag` records more. */
    fetch(index: number, times: readonly number[], lag = 0): void {
      const queue = queues[index]!
      const from = ends[index]!
      const end = from + times.length
      ends[index] = end
      const { topic, partition } = queue
      queue.add({
        topic,
        partition,
        batches: batchesOf(times, from),
        nextOffset: end,
        highWatermark: end,
        lastStableOffset: end + lag,
      })
    },
    hold(held: boolean): void {
      isHeld = held
    },
    at(wallTime: number): void {
      now = wallTime
    },
    /** Takes as long as something may be taken. */
    take(): string[] {
      const taken: string[] = []
      for (let queue = merge.next(); queue !== null; queue = merge.next()) {
        taken.push(`${queue.topic}@${queue.head.time}`)
        decisions.noteTaken(queue.head.time)
        queue.take()
      }
      return taken
    },
  }
}

describe('the order of inputs', () => {
  test('C7: oldest head first, also after one went empty and came back', () => {
    const each = mergeOf()
    each.fetch(0, [1, 3, 5], 1)
    each.fetch(1, [2, 4, 6])
    expect(each.take()).toEqual(['p1@1', 'p2@2', 'p1@3', 'p2@4', 'p1@5'])
    each.fetch(0, [2, 4])
    expect(each.take()).toEqual(['p1@2', 'p1@4', 'p2@6'])
  })

  test('equal times go by topic, whatever the order of the inputs', () => {
    const each = mergeOf({ topics: ['pears', 'apples', 'nuts'] })
    for (const index of [0, 1, 2]) each.fetch(index, [7, 7])
    expect(each.take()).toEqual(['apples@7', 'apples@7', 'nuts@7', 'nuts@7', 'pears@7', 'pears@7'])
  })
})

function batchesOf(times: readonly number[], from: number): RecordBatch[] {
  if (times.length === 0) return []
  const builder = new BatchBuilder(256)
  for (const time of times) builder.append(time, null, null, [])
  const bytes = Buffer.from(builder.build({}))
  setBaseOffset(bytes, 0, from)
  return readBatches(bytes)
}

/** C8 and 2.4: what a task with records in p1 does about p2, which has none. */
const unknown = null
describe.each([
  ['C8: lag unknown', 0, unknown, [0, 1, 1e9], null],
  ['C8: lag unknown, a wait', 1, unknown, [0, 1, 1e9], null],
  ['C8: lag above 0', 0, 1, [0, 1, 1e9], null],
  ['C8: lag above 0, a wait', 1, 1, [0, 1, 1e9], null],
  ['C8: lag 0, a wait of 1', 1, 0, [0, 1], 1],
  ['lag 0, a wait of 50', 50, 0, [0, 49, 50], 50],
  ['lag 0, always (no longer than Kafka has more)', 0, 0, [0], 0],
  ['lag unknown, never', -1, unknown, [0], 0],
  ['lag above 0, never', -1, 9, [0], 0],
  ['lag 0, never', -1, 0, [0], 0],
] as const)('beside a partition with records, %s', (_what, wait, lag, clock, readyAt) => {
  test(readyAt === null ? 'is never ready' : `is ready at wall clock ${readyAt}`, () => {
    const each = mergeOf({ wait })
    each.fetch(0, [10, 20])
    if (lag !== unknown) each.fetch(1, [], lag)
    for (const now of clock) {
      each.at(now)
      expect(each.take()).toEqual(now === readyAt ? ['p1@10', 'p1@20'] : [])
      expect(each.decisions.isAbsent(1)).toBe(now === readyAt)
    }
  })
})

describe('an empty partition', () => {
  test('C8: where no partition has data, nothing is ever ready, and nobody is gone on without', () => {
    const each = mergeOf({ wait: 1 })
    each.fetch(0, [])
    each.fetch(1, [])
    for (const now of [0, 1, 1e9]) {
      each.at(now)
      expect(each.take()).toEqual([])
    }
    expect([each.decisions.isAbsent(0), each.decisions.isAbsent(1)]).toEqual([false, false])
  })

  test('is waited for anew each time it has delivered', () => {
    const each = mergeOf({ wait: 10 })
    each.fetch(0, [100, 200, 300])
    each.fetch(1, [150])
    expect(each.take()).toEqual(['p1@100', 'p2@150'])
    expect(each.merge.wakesAt).toBe(10)
    each.at(9)
    each.fetch(1, [250])
    expect(each.take()).toEqual(['p1@200', 'p2@250'])
    each.at(18)
    expect(each.take()).toEqual([])
    expect(each.merge.wakesAt).toBe(19)
    each.at(19)
    expect(each.take()).toEqual(['p1@300'])
    expect(each.counters.enforced).toBe(1)
  })

  test('gone on without stays so until it delivers: no second wait, one count', () => {
    const each = mergeOf({ wait: 10 })
    each.fetch(0, [1])
    each.fetch(1, [])
    each.take()
    each.at(10)
    expect(each.take()).toEqual(['p1@1'])
    each.fetch(0, [2])
    expect(each.take()).toEqual(['p1@2'])
    expect(each.counters.enforced).toBe(1)
  })

  test('only counts as enforced where something was waited for, or is still to come', () => {
    const counts = [
      [0, 0],
      [-1, 0],
      [-1, 5],
    ].map(([wait, lag]) => {
      const each = mergeOf({ wait: wait! })
      each.fetch(0, [1])
      each.fetch(1, [], lag)
      each.take()
      return each.counters.enforced
    })
    expect(counts).toEqual([0, 0, 1])
  })

  test('at the end of a bounded run is not waited for, and that is no decision', () => {
    const each = mergeOf()
    each.queues[1]!.end = 0
    each.fetch(0, [1, 2])
    expect(each.take()).toEqual(['p1@1', 'p1@2'])
    expect(each.decisions.isAbsent(1)).toBe(false)
  })

  test('that is only held back is not idle: nothing goes on without it', () => {
    const each = mergeOf({ lacksSource: true, wait: -1 })
    each.fetch(0, [])
    each.fetch(1, [5])
    each.hold(true)
    expect(each.take()).toEqual([])
    each.hold(false)
    expect(each.take()).toEqual(['p2@5'])
  })
})

test('a task that is held takes nothing from its sources, only what lies before it behind a repartition topic', () => {
  const each = mergeOf({ lacksSource: true })
  each.fetch(0, [10])
  each.fetch(1, [5, 20])
  each.hold(true)
  expect(each.take()).toEqual(['p2@5'])
  each.hold(false)
  expect(each.take()).toEqual(['p1@10', 'p2@20'])
})
