/** What coordinators write is read by Kafka's own decoders. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { kafkaTool } from '../../scripts/kafka.ts'
import { offsetsPartition, transactionsPartition } from '../../src/broker/internal-topics.ts'
import type { TopicPartition } from '../../src/record.ts'
import { World } from '../broker/coordinators-world.ts'
import { lackingFor } from './lacking.ts'

const lacking = lackingFor("Kafka's decoders of internal topics")

/** A history with members, positions, and transactions decided both ways. */
async function history(): Promise<World> {
  const world = new World()
  const end = { do: 'end', id: 'x', raises: true } as const
  await world.take({ do: 'join', group: 'one', instance: 'static' })
  await world.take({ do: 'join', group: 'one', instance: null })
  await world.take({ do: 'commit', group: 'one', partition: 0, offset: 41 })
  await world.take({ do: 'init', id: 'x' })
  await world.take({ do: 'add', id: 'x', partition: 1 })
  await world.take({ do: 'stage', group: 'one', id: 'x', partition: 1, offset: 42 })
  await world.take({ ...end, ending: 'commit' })
  await world.take({ do: 'wait', milliseconds: 100 })
  await world.take({ do: 'stage', group: 'one', id: 'x', partition: 1, offset: 43 })
  await world.take({ ...end, ending: 'abort' })
  await world.take({ do: 'wait', milliseconds: 100 })
  // Nobody may be subscribed to what is forgotten.
  for (let members = 2; members > 0; members--) await world.take({ do: 'leave', group: 'one', which: 0 })
  await world.take({ do: 'forget', group: 'one', partition: 0 })
  return world
}

async function dump(world: World, partition: TopicPartition, decoder: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-internal-'))
  try {
    const log = world.broker.internalTopics.log(partition)
    const { parts } = log.read(0, { below: log.endOffset, maximumBytes: 1 << 20, atLeastOne: true })
    const folder = join(directory, `${partition.topic}-${partition.partition}`)
    mkdirSync(folder)
    const file = join(folder, '00000000000000000000.log')
    writeFileSync(file, Buffer.concat(parts))
    const { stdout, stderr } = await kafkaTool('kafka.tools.DumpLogSegments', [decoder, '--files', file])
    return stdout + stderr
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

describe.skipIf(lacking !== null)('DumpLogSegments reads', () => {
  test('groups, positions and their markers', async () => {
    const text = await dump(await history(), offsetsPartition('one'), '--offsets-decoder')
    expect(text).not.toMatch(/Error|Exception|unknown|Found .* corrupt/i)
    expect(text).toContain('"group":"one"')
    expect(text).toContain('"groupInstanceId":"static"')
    expect(text).toMatch(/"offset":41,"leaderEpoch":2,"metadata":"m41"/)
    expect(text.match(/isTransactional: true/g)).toHaveLength(4)
    expect(text).toMatch(/endTxnMarker: COMMIT/)
    expect(text).toMatch(/endTxnMarker: ABORT/)
    expect(text).toMatch(/payload: <DELETE>|payload: null/)
  })

  test('every state of a transaction', async () => {
    const text = await dump(await history(), transactionsPartition('x'), '--transaction-log-decoder')
    expect(text).not.toMatch(/Error|Exception|Found .* corrupt/i)
    const states = [...text.matchAll(/"transactionStatus":(\d)|state=(\w+)/g)].map(([, number, name]) => number ?? name)
    expect(states).toEqual(['0', '1', '1', '2', '4', '1', '3', '5'])
    expect(text).toContain('"transactionalId":"x"')
    expect(text).toMatch(/"clientTransactionVersion":2/)
  })
})
