/** A Kafka Streams application, exactly once, on the embedded broker: the hardest of clients, killed on its way. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { streamsJars } from '../../scripts/kafka.ts'
import { BatchBuilder, connectTool, type Kafka } from '../../scripts/tools/client.ts'
import { committedRecords } from '../../scripts/tools/committed.ts'
import { type EmbeddedBroker, startBroker } from '../../src/broker/index.ts'
import { lackingFor } from './lacking.ts'

const lacking = lackingFor('Kafka Streams')
const program = fileURLToPath(new URL('../peers/streams/WordCounts.java', import.meta.url))
const input = 'streams-lines'
const output = 'streams-counts'
const partitions = 2
const vocabulary = ['mill', 'race', 'water', 'wheel', 'sluice']

describe.skipIf(lacking !== null)('a Kafka Streams application on the embedded broker', () => {
  let broker: EmbeddedBroker
  let kafka: Kafka
  let state: string
  let application: ChildProcess | null = null

  beforeAll(async () => {
    broker = await startBroker({ shuffleAborted: true, markerDelay: { minimum: 1, maximum: 10 } })
    kafka = await connectTool(broker.address, 'streams')
    await kafka.topics.create([input, output].map((name) => ({ name, partitions })))
    state = mkdtempSync(join(tmpdir(), 'millrace-streams-'))
  })
  afterAll(async () => {
    await kill()
    await kafka?.close()
    await broker?.close()
    rmSync(state, { recursive: true, force: true })
  })

  function start(): void {
    const flags = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', join(streamsJars(), '*')]
    const words = [program, broker.address, state]
    application = spawn('java', [...flags, ...words], { stdio: ['ignore', 'ignore', 'inherit'] })
  }

  async function kill(): Promise<void> {
    if (application === null || application.exitCode !== null) return
    const ended = once(application, 'exit')
    application.kill('SIGKILL')
    await ended
  }

  /** Lines of two words; returns how often each word is in them. */
  async function produce(lines: number): Promise<Map<string, number>> {
    const counts = new Map<string, number>()
    const producer = kafka.producer()
    for (let partition = 0; partition < partitions; partition++) {
      const batch = new BatchBuilder()
      for (let line = 0; line < lines; line++) {
        const said = [vocabulary[line % vocabulary.length]!, vocabulary[(line * 3 + partition) % vocabulary.length]!]
        for (const word of said) counts.set(word, (counts.get(word) ?? 0) + 1)
        batch.append(Date.now(), null, said.join(' '))
      }
      await producer.append({ topic: input, partition }, batch)
    }
    await producer.close()
    return counts
  }

  /** The counts of each word in the order in which they were committed. */
  async function committed(): Promise<Map<string, number[]>> {
    const found = new Map<string, number[]>()
    for await (const { key, value } of committedRecords(kafka, output)) {
      const word = String(key)
      found.set(word, [...(found.get(word) ?? []), Number(value)])
    }
    return found
  }

  async function waitFor(total: number): Promise<void> {
    const sizeOf = (found: Map<string, number[]>): number => [...found.values()].flat().length
    while (sizeOf(await committed()) < total) await new Promise((resolve) => setTimeout(resolve, 200))
  }

  test('counts every word once, killed in between', { timeout: 170_000 }, async () => {
    const lines = 400
    const wordsOf = (times: number): number => lines * partitions * 2 * times
    start()
    await produce(lines)
    await waitFor(wordsOf(1) / 4)
    await kill()
    start()
    const half = await produce(lines)
    await waitFor(wordsOf(2))
    const found = await committed()
    expect(found.size).toBe(vocabulary.length)
    for (const [word, counts] of found) {
      expect([word, counts]).toEqual([word, Array.from({ length: half.get(word)! * 2 }, (_, index) => index + 1)])
    }
  })
})
