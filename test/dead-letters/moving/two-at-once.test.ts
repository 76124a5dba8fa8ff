/** Two operators at once, each in a process of their own: one redrive is refused, and no letter comes back twice. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedBroker, startBroker } from '../../../src/broker/index.ts'
import { redriveJobs } from '../../../src/dead-letters/moving/jobs.ts'
import type { Kafka } from '../../../src/kafka/port.ts'
import { unique } from '../../contracts/tools.ts'
import { clientOf, movesWorld } from './moves-world.ts'

const child = fileURLToPath(new URL('redrive-child.ts', import.meta.url))
const letters = 4_000
let broker: EmbeddedBroker
let kafka: Kafka

beforeAll(async () => {
  broker = await startBroker()
  kafka = await clientOf(broker.address)
})
afterAll(async () => {
  await kafka.close()
  await broker.close()
})

test('of four that begin together', { timeout: 120_000 }, async () => {
  const { app, put, queue, description, redriven, marks } = await movesWorld(kafka, unique('app'))
  await put(Array.from({ length: letters }, (_, offset) => ({ offset, partition: offset % 2 })))
  const words = [child, broker.address, queue, JSON.stringify(description)]
  const ended = Array.from({ length: 4 }, async () => {
    const running = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'pipe'] })
    let told = ''
    running.stderr!.setEncoding('utf8').on('data', (text: string) => (told += text))
    const [code] = (await once(running, 'close')) as [number]
    return { code, told }
  })
  const ends = await Promise.all(ended)
  expect(ends.some(({ code }) => code === 0)).toBe(true)
  for (const { code, told } of ends) if (code !== 0) expect(told).toContain('MR4412')
  for (const partition of [0, 1]) {
    const expected = Array.from({ length: letters / 2 }, (_, place) => place * 2 + partition)
    expect(await redriven(partition)).toEqual(expected)
  }
  expect((await marks()).size).toBe(letters)
  const jobs = await redriveJobs(kafka, app)
  expect(jobs.every(({ state }) => state === 'done')).toBe(true)
  expect(jobs.reduce((sum, { moved }) => sum + moved, 0)).toBe(letters)
})
