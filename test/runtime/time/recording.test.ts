import { describe, expect, test } from 'vitest'
import { progressKeys } from '../../../src/runtime/commit/progress.ts'
import { PartitionQueue } from '../../../src/runtime/tasks/queue.ts'
import type { Decision } from '../../../src/runtime/time/decisions.ts'
import { hasReached, RecordingReader, Replay } from '../../../src/runtime/time/recording.ts'
import { BatchBuilder, readBatches, setBaseOffset } from '../../../src/wire/batch.ts'

const at = { task: 'left-0', before: 5, wallTime: 1 }
const clock = (sequence: number, offset: number, after: number): Decision => ({
  ...at,
  kind: 'clock',
  sequence,
  offsets: { 'left-0': offset },
  after,
})

/** A queue whose next record has this offset, fetched and decoded or not. */
function queueAt(position: number, head: number | null = null): PartitionQueue {
  const queue = new PartitionQueue({ topic: 'left', partition: 0 }, 0)
  queue.moveTo(position)
  if (head === null) return queue
  const builder = new BatchBuilder(64)
  builder.append(0, null, null, [])
  const bytes = Buffer.from(builder.build({}))
  setBaseOffset(bytes, 0, head)
  const end = head + 1
  const { topic, partition } = queue
  queue.add({
    topic,
    partition,
    batches: readBatches(bytes),
    nextOffset: end,
    highWatermark: end,
    lastStableOffset: end,
  })
  queue.advance()
  queue.ready = true
  return queue
}

describe('read from the progress topic, a recording', () => {
  const bytes = (value: unknown): Buffer => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
  const decided = (decision: Decision): [Buffer, Buffer] => [
    bytes(progressKeys.decision(decision.task, decision.sequence)),
    bytes(decision),
  ]

  test('has what the task decided in order, the latest under each number, and nothing of others', () => {
    const reader = new RecordingReader('left-0')
    reader.row(...decided(clock(1, 9, 20)))
    reader.row(...decided(clock(0, 3, 10)))
    reader.row(...decided(clock(1, 9, 30)))
    reader.row(...decided({ ...clock(2, 9, 40), task: 'left-1' }))
    reader.row(bytes('#topology'), bytes({ task: 'left-0', sequence: 7 }))
    reader.row(bytes('left-0#2'), null)
    reader.row(null, null)
    const until = { 'left-0': 9 }
    expect(reader.recording(until)).toEqual({ task: 'left-0', until, decisions: [clock(0, 3, 10), clock(1, 9, 30)] })
  })

  test('takes an absence that lasted at the last commit for one up to where the task stood', () => {
    const reader = new RecordingReader('left-0')
    const absence = { sequence: 4, input: 'right-0', offsets: { 'left-0': 2 }, before: 1, wallTime: 3 }
    const watermark = { value: 17, resting: false, inputs: {} }
    const progress = { version: 1, watermark, operators: {}, decisions: 5, absences: [{ ...absence, newest: 12 }] }
    reader.row(bytes('left-0'), bytes({ ...progress, absences: [] }))
    reader.row(bytes('left-0'), bytes(progress))
    const until = { 'left-0': 6, 'right-0': 0 }
    const lasted = { ...absence, kind: 'absence', task: 'left-0', until, after: 17 }
    expect(reader.recording(until).decisions).toEqual([lasted])
  })
})

describe('applied, a recording', () => {
  test.each([
    ['at its offset', queueAt(5), true],
    ['before it', queueAt(4), false],
    ['before it, where no record lies between', queueAt(4, 5), true],
    ['before it, with the record at hand', queueAt(4, 4), false],
  ])('is due %s: %#', (_what, queue, expected) => {
    expect(hasReached([queue], { 'left-0': 5 })).toBe(expected)
  })

  test('gives each decision once, in order, and is over where it ends', () => {
    const decisions = [clock(0, 3, 10), clock(1, 3, 20), clock(2, 5, 30)]
    const replay = new Replay({ task: 'left-0', until: { 'left-0': 6 }, decisions })
    expect(replay.take([queueAt(2)])).toBeNull()
    expect([replay.take([queueAt(3)]), replay.take([queueAt(3)]), replay.take([queueAt(3)])]).toEqual([
      decisions[0],
      decisions[1],
      null,
    ])
    expect(replay.isOver([queueAt(6)])).toBe(false)
    expect(replay.take([queueAt(6)])).toEqual(decisions[2])
    expect([replay.isOver([queueAt(5)]), replay.isOver([queueAt(6)])]).toEqual([false, true])
  })

  test('refuses as too far ahead what was refused, at its offset alone', () => {
    const lead: Decision = { ...at, kind: 'lead', sequence: 0, input: 'left-0', offsets: { 'left-0': 4 }, after: 5 }
    const replay = new Replay({ task: 'left-0', until: { 'left-0': 6 }, decisions: [lead] })
    const [queue] = [queueAt(4)]
    expect([replay.refusal(queue, 3), replay.refusal(queue, 4)]).toEqual([null, lead])
    expect(replay.take([queue])).toBeNull()
    expect(replay.isOver([queueAt(6)])).toBe(true)
  })
})
