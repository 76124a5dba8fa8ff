/** Whose turn it is among the topics that records come again through. */
import { expect, test } from 'vitest'
import { compile, deadLetter, from, retryTopics, text, topic, topology } from '../../../src/index.ts'
import { ReentryTurns } from '../../../src/runtime/reentry/turns.ts'
import { PartitionQueue } from '../../../src/runtime/tasks/queue.ts'
import type { Task } from '../../../src/runtime/tasks/task.ts'
import { BatchBuilder, RecordBatch } from '../../../src/wire/batch.ts'

const input = topic('in', { key: text, value: text })
const built = topology(
  'app',
  from(input)
    .map((value) => value, { onFailure: [retryTopics('slow', [{ seconds: 1 }, { seconds: 2 }]), deadLetter('lost')] })
    .to(topic('out', { key: text, value: text })),
)

/** A queue with so many records, each due at once. */
function filled(name: string, index: number, count: number): PartitionQueue {
  const queue = new PartitionQueue({ topic: name, partition: 0 }, index)
  const batch = new BatchBuilder()
  for (let at = 0; at < count; at++) batch.append(at, 'k', `${at}`)
  const bytes = batch.build({})
  queue.moveTo(0)
  queue.add({
    topic: name,
    partition: 0,
    batches: [new RecordBatch(bytes, 0, bytes.length)],
    nextOffset: count,
    highWatermark: count,
    lastStableOffset: count,
  })
  return queue
}

test('a long queue keeps no other from its turn', () => {
  const { subTopologies } = compile(built)
  const [subTopology] = subTopologies
  const reentries = subTopology!.reentries.map(({ topic: name }, index) =>
    filled(name, index + 1, index === 0 ? 100 : 3),
  )
  const description = { inputs: [{ topic: 'in', partition: 0, source: 0 }], reentries: subTopology!.reentries }
  const task = { reentries, description, subTopology, context: { hand: null } } as unknown as Task
  const turns = new ReentryTurns(task, false, { decode: () => true, isTurnedAside: () => false, now: () => 1 })
  const taken: string[] = []
  for (let turn = 0; turn < 3; turn++) {
    turns.begin(10)
    for (let queue = turns.next(); queue !== null; queue = turns.next()) {
      taken.push(queue.topic)
      queue.take()
    }
  }
  expect(new Set(taken)).toEqual(new Set(reentries.map((queue) => queue.topic)))
  expect(taken).toHaveLength(15)
})
