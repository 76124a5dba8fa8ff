import { describe, expect, it } from 'vitest'
import type { PartitionOffset } from '../../src/kafka/port.ts'
import { IdleCheck } from '../../src/runtime/idle-check.ts'
import type { Thread } from '../../src/runtime/settings.ts'
import type { Task } from '../../src/runtime/task.ts'

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function checkAgainst(ask: () => Promise<PartitionOffset[]>): { check: IdleCheck; pass(milliseconds: number): void } {
  let now = 0
  const thread = { kafka: { offsets: ask }, clock: { monotonic: () => now } } as unknown as Thread
  return {
    check: new IdleCheck(thread, () => undefined),
    pass(milliseconds) {
      now += milliseconds
    },
  }
}

const task = { queues: [{ topic: 'lines', partition: 0, position: 5 }] } as unknown as Task

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
})
