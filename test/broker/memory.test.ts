/** What a million records of 100 bytes take of memory, in a process that does nothing else. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CreateTopics, Fetch, Produce } from '../../src/wire/apis/index.ts'
import { BatchBuilder, readBatches } from '../../src/wire/batch.ts'
import { stripped } from './stripped.ts'
import { WireClient } from './wire-client.ts'

const records = 1_000_000
const recordsPerBatch = 500
const readBytes = 1024 * 1024
const megabyte = 1_000_000

let directory: string
let child: ChildProcess | null = null

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'millrace-memory-'))
})
afterEach(async () => {
  if (child?.connected) {
    child.send('close')
    await once(child, 'exit')
  }
  child = null
  rmSync(directory, { recursive: true, force: true })
})

/** The next message of the broker's process. */
async function answerOf<Answer>(process: ChildProcess): Promise<Answer> {
  const ended = once(process, 'exit').then(([code]) => {
    throw new Error(`the process of the broker ended with ${code}`)
  })
  const [answer] = (await Promise.race([once(process, 'message'), ended])) as [Answer]
  return answer
}

async function fill(client: WireClient): Promise<void> {
  const topics = [{ name: 'lines', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }]
  await client.send(CreateTopics, 5, { topics, timeoutMs: 1000, validateOnly: false })
  const value = 'x'.repeat(100)
  for (let sent = 0; sent < records; sent += recordsPerBatch) {
    const builder = new BatchBuilder()
    for (let index = 0; index < recordsPerBatch; index++) builder.append(1_700_000_000_000 + index, null, value)
    const topicData = [{ name: 'lines', partitionData: [{ index: 0, records: builder.build({}) }] }]
    const { responses } = await client.send(Produce, 9, { transactionalId: null, acks: -1, timeoutMs: 1000, topicData })
    expect(responses[0]!.partitionResponses[0]).toMatchObject({ errorCode: 0, baseOffset: sent })
  }
}

/** Reads everything once, since readers take memory too. */
async function readAll(client: WireClient): Promise<number> {
  let offset = 0
  while (offset < records) {
    const wanted = {
      partition: 0,
      currentLeaderEpoch: -1,
      fetchOffset: offset,
      lastFetchedEpoch: -1,
      logStartOffset: -1,
    }
    const topics = [{ topic: 'lines', partitions: [{ ...wanted, partitionMaxBytes: readBytes }] }]
    const limits = { replicaId: -1, maxWaitMs: 0, minBytes: 0, maxBytes: readBytes, isolationLevel: 0, rackId: '' }
    const session = { sessionId: 0, sessionEpoch: -1, topics, forgottenTopicsData: [] }
    const { responses } = await client.send(Fetch, 11, { ...limits, ...session })
    offset = readBatches(responses[0]!.partitions[0]!.records as Buffer).at(-1)!.nextOffset
  }
  return offset
}

test.each([
  ['in memory', false, 200],
  ['on disk', true, 150],
] as const)('%s', async (_, onDisk, limit) => {
  const program = stripped(directory, 'test/broker/memory-child.ts')
  child = fork(program, onDisk ? [join(directory, 'data')] : [], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: ['--expose-gc'],
  })
  const { address } = await answerOf<{ address: string }>(child)
  const client = new WireClient(address)
  await fill(client)
  expect(await readAll(client)).toBe(records)
  client.close()
  child.send('memory')
  const { rss } = await answerOf<{ rss: number }>(child)
  expect(rss / megabyte).toBeLessThanOrEqual(limit)
})
