/** How long an answer is waited for. */
import { afterEach, expect, test } from 'vitest'
import type { NativeConfig } from '../../src/kafka/native/config.ts'
import { connectKafka } from '../../src/kafka/native/index.ts'
import { VirtualClock } from '../../src/virtual-clock.ts'
import { errorOf, until } from '../contracts/tools.ts'
import { startFakeBroker } from './fake-broker.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

/** A client whose broker hears a question and never answers it. */
async function asking(config: Partial<NativeConfig>) {
  let isTalking = true
  const clock = new VirtualClock(0)
  const broker = await startFakeBroker({ isTalking: () => isTalking })
  const kafka = connectKafka({ ...config, brokers: [broker.address], retry: { retries: 0 } }, { clock })
  open.push(
    () => broker.close(),
    () => kafka.close(),
  )
  await kafka.connect()
  isTalking = false
  let isOver = false
  const answer = errorOf(kafka.topics.describe(['t'])).finally(() => {
    isOver = true
  })
  await until('the question has arrived', () => broker.seen.filter((name) => name === 'Metadata').length === 2)
  return { kafka, clock, answer, isOver: () => isOver }
}

test('no longer than the request timeout', async () => {
  const { clock, answer, kafka, isOver } = await asking({ requestTimeout: 5_000 })
  await clock.advance({ milliseconds: 4_999 })
  expect(isOver()).toBe(false)
  await clock.advance({ milliseconds: 1 })
  expect(await answer).toMatchObject({ fault: 'retriable', reason: 'TIMEOUT' })
  expect(kafka.metrics().get('Metadata')).toMatchObject({ requests: 2, answers: 1, lost: 1 })
})

test('without end where the timeout is not enforced, until the client is closed', async () => {
  const { kafka, clock, answer, isOver } = await asking({ requestTimeout: 5_000, enforceRequestTimeout: false })
  await clock.advance({ milliseconds: 3_600_000 })
  expect(isOver()).toBe(false)
  await kafka.close()
  expect(await answer).toMatchObject({ reason: 'CLOSED' })
})
