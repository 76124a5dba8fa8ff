/** How operators reach workers, when Kafka can't be reached itself. */
import { expect, test } from 'vitest'
import { type Fetcher, KafkaError } from '../../src/kafka/port.ts'
import { OperatorLog } from '../../src/runtime/operator-log.ts'
import type { Thread } from '../../src/runtime/settings.ts'
import { VirtualClock } from '../../src/virtual-clock.ts'
import { BatchBuilder, RecordBatch } from '../../src/wire/batch.ts'

const outage = (): KafkaError => new KafkaError('retriable', 'TIMEOUT', 'ListOffsets', 'no answer')

/** Gives these answers, one a question; then none comes. */
function answering<T>(...answers: readonly (T | Error)[]): () => Promise<T> {
  const left = [...answers]
  return async () => {
    const answer = left.shift()
    if (answer === undefined) return await new Promise<T>(() => undefined)
    if (answer instanceof Error) throw answer
    return answer
  }
}

function fetchedRow(row: object): object {
  const batch = new BatchBuilder()
  batch.append(1, null, JSON.stringify(row))
  const bytes = batch.build({})
  return { topic: 'app.audit', partition: 0, batches: [new RecordBatch(bytes, 0, bytes.length)], nextOffset: 1 }
}

function following(offsets: () => Promise<unknown>, poll: () => Promise<unknown>) {
  const clock = new VirtualClock()
  const resumed: string[] = []
  const failed: unknown[] = []
  const fetcher = { poll, seek: () => undefined, wake: () => undefined, close: async () => undefined }
  const kafka = { offsets, fetcher: () => fetcher as unknown as Fetcher }
  const thread = { clock, kafka, graph: { app: 'app' } } as unknown as Thread
  const log = new OperatorLog({ thread, resumeTask: (id) => resumed.push(id), failed: (error) => failed.push(error) })
  log.listen()
  return { clock, resumed, failed }
}

const start = [{ topic: 'app.audit', partition: 0, offset: 0 }]
const resume = { at: 1, who: 'me', action: 'task.resume', target: 'in-0' }

test('an outage is waited for: the worker goes on, and hears what operators say behind it', async () => {
  const offsets = answering<unknown>(outage(), outage(), start)
  const { clock, resumed, failed } = following(offsets, answering<unknown>(outage(), [fetchedRow(resume)]))
  await clock.advance({ seconds: 10 })
  expect([resumed, failed]).toEqual([['in-0'], []])
})

test('what does not pass by itself ends the worker', async () => {
  const denied = new KafkaError('fatal', 'TOPIC_AUTHORIZATION_FAILED', 'ListOffsets', 'denied')
  const { clock, failed } = following(answering<unknown>(denied), answering<unknown>())
  await clock.advance({ seconds: 1 })
  expect(failed).toEqual([denied])
})
