import { describe, expect, it } from 'vitest'
import type { PartitionOffset } from '../../../src/kafka/port.ts'
import type { Thread } from '../../../src/runtime/settings.ts'
import type { Task } from '../../../src/runtime/tasks/task.ts'
import { IdleClock } from '../../../src/runtime/time/idle.ts'
import { IdleCheck } from '../../../src/runtime/time/idle-check.ts'

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function checkAgainst(
  ask: () => Promise<PartitionOffset[]>,
  answered: () => void = () => undefined,
): { check: IdleCheck; pass(milliseconds: number): void } {
  let now = 0
  const thread = { kafka: { offsets: ask }, clock: { monotonic: () => now } } as unknown as Thread
  return {
    check: new IdleCheck(thread, answered),
    pass(milliseconds) {
      now += milliseconds
    },
  }
}

const task = { paused: null, queues: [{ topic: 'lines', partition: 0, position: 5 }] } as unknown as Task

describe('before time moves by the wall clock', () => {
  it('Kafka is asked whether really nothing waits, each time', async () => {
    const { check } = checkAgainst(async () => [{ topic: 'lines', partition: 0, offset: 5 }])
    expect(check.confirmed([task])).toEqual([])
    await settled()
    expect(check.confirmed([task])).toEqual([task])
    expect(check.confirmed([task])).toEqual([])
  })

  it('a task for which something waits is not idle, nor is one that Kafka says nothing about', async () => {
    let end: number | null = 6
    const { check, pass } = checkAgainst(async () => {
      if (end === null) throw new Error('nobody answers')
      return [{ topic: 'lines', partition: 0, offset: end }]
    })
    for (const answer of [6, null, 5]) {
      end = answer
      expect(check.confirmed([task])).toEqual([])
      await settled()
      pass(1_000)
    }
    expect(check.confirmed([task])).toEqual([task])
  })

  it('it is known when to ask again, and told when that changes', async () => {
    let told = 0
    let end: number | null = null
    const { check, pass } = checkAgainst(
      async () => {
        if (end === null) throw new Error('nobody answers')
        return [{ topic: 'lines', partition: 0, offset: end }]
      },
      () => told++,
    )
    expect(check.dueIn(task)).toBe(0)
    check.confirmed([task])
    expect(check.dueIn(task)).toBe(Number.POSITIVE_INFINITY)
    await settled()
    expect([told, check.dueIn(task)]).toEqual([1, 250])
    pass(250)
    end = 5
    check.confirmed([task])
    await settled()
    expect([told, check.dueIn(task)]).toEqual([2, 0])
  })
})

describe('a task is idle', () => {
  const source = { node: { kind: 'source', idleAfter: 1_000 } }
  const idle = {
    description: { inputs: [{ source: 0 }] },
    subTopology: { sources: [{ node: 0 }], nodes: [source] },
    queues: [{ caughtUp: true }],
    activeAt: 0,
    isHeld: false,
    paused: null,
    isReplaying: false,
    graph: { hearsTime: true },
    watermark: { hasTaken: true, isIdleIn: () => false },
  }
  const isIdleAt = (now: number, state: object, bounded: 'end' | null = null): boolean => {
    const clock = new IdleClock({ bounded, clock: { now: () => now } } as unknown as Thread)
    return clock.isDue({ ...idle, ...state } as unknown as Task)
  }

  it.each([
    ['after its patience', 1_000, {}, true],
    ['not before', 999, {}, false],
    ['not while Kafka has more', 9_000, { queues: [{ caughtUp: true }, { caughtUp: false }] }, false],
    ['not while it is held back: backpressure is not idleness (FLIP-471)', 9_000, { isHeld: true }, false],
    ['not while it repeats what was decided once', 9_000, { isReplaying: true }, false],
    ['to say that it has never had a record', 9_000, { watermark: { hasTaken: false, isIdleIn: () => false } }, true],
    ['but not to say it again', 9_000, { watermark: { hasTaken: false, isIdleIn: () => true } }, false],
    ['counted from its last record', 9_000, { activeAt: 8_001 }, false],
  ])('%s', (_what, now, state, expected) => {
    expect(isIdleAt(now, state)).toBe(expected)
  })

  it('never in a bounded run', () => {
    expect(isIdleAt(9_000, {}, 'end')).toBe(false)
  })
})
