/** The client on an embedded broker of three nodes: whatever moves, nothing is lost, doubled or skipped. */
import { afterEach, describe, expect, it } from 'vitest'
import { type EmbeddedBroker, startBroker } from '../../src/broker/index.ts'
import type { Kafka } from '../../src/kafka/port.ts'
import { partitionsOfTopic } from '../../src/record.ts'
import { restore } from '../../src/runtime/restore/restore.ts'
import { soleMember } from '../contracts/members.ts'
import { batchOf, connected, endOf, errorOf, faultOf, readUpTo, settled, until, valuesOf } from '../contracts/tools.ts'

const timeout = { seconds: 20 }
const open: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

interface World {
  readonly broker: EmbeddedBroker
  readonly kafka: Kafka
  readonly topic: string
}

async function world(partitions = 1): Promise<World> {
  const broker = await startBroker({ nodes: 3 })
  const kafka = await connected(broker.addresses)
  open.push(kafka, broker)
  const topic = 'moves'
  await kafka.topics.create([{ name: topic, partitions, replicationFactor: 3 }])
  return { broker, kafka, topic }
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => `${n}`)

describe('leader moved mid-send', () => {
  it('keeps every batch once and in order, also when nodes die', async () => {
    const { broker, kafka, topic } = await world(2)
    const places = partitionsOfTopic(topic, 2)
    const producer = kafka.producer()
    const sent: Promise<unknown>[] = []
    for (let n = 0; n < 120; n++) {
      for (const place of places) sent.push(producer.append(place, batchOf(`${n}`)))
      const leaders = n > 40 && n < 80 ? [1, 3] : [1, 2, 3]
      if (n % 10 === 5) broker.movePartition(places[Math.floor(n / 10) % 2]!, leaders[n % leaders.length]!)
      if (n === 40) await broker.killNode(2)
      if (n === 80) await broker.startNode(2)
      if (n % 4 === 0) await Promise.race(sent.slice(-2))
    }
    await Promise.all(sent)
    for (const place of places) expect(await valuesOf(kafka, place)).toEqual(numbers(120))
    await producer.close()
  })
})

describe('coordinator moved during EndTxn', () => {
  it.each(['transaction', 'group'] as const)('ends each transaction once (%s)', async (kind) => {
    const { broker, kafka, topic } = await world()
    const place = { topic, partition: 0 }
    const member = await soleMember(kafka, 'readers', topic)
    const transactions = kafka.transactions('mover', { timeout })
    await transactions.init()
    const position = async () => Math.max(0, (await kafka.positions('readers', [place]))[0]!.offset)
    let at = 0
    for (let tries = 0; tries < 30; tries++) {
      const fault = await faultOf(
        (async () => {
          await transactions.append(place, batchOf(`${at}`))
          const offsets = transactions.offsets(member, [{ ...place, offset: at + 1 }])
          await offsets
          const ending = transactions.commit()
          broker.moveCoordinator(
            kind === 'group' ? { group: 'readers' } : { transactionalId: 'mover' },
            1 + (tries % 3),
          )
          await ending
        })(),
      )
      if (fault === 'abortable' || fault === 'retriable') await transactions.abort()
      else if (fault !== 'none') await transactions.init()
      at = await position()
    }
    expect(at).toBeGreaterThan(10)
    await settled(kafka, place)
    expect(await valuesOf(kafka, place)).toEqual(numbers(at))
    await transactions.close()
    await member.leave()
  })
})

describe('restore while the marker of the changelog is late', () => {
  it('goes up to the high watermark', async () => {
    const { broker, kafka, topic } = await world()
    const place = { topic, partition: 0 }
    const transactions = kafka.transactions('writer', { timeout })
    await transactions.init()
    await transactions.append(place, batchOf('count=1'))
    await transactions.commit()
    await settled(kafka, place)
    const release = broker.holdMarkers(place)
    await transactions.append(place, batchOf('count=2'))
    await transactions.commit()
    expect([await endOf(kafka, place, 'stable'), await endOf(kafka, place, 'end')]).toEqual([2, 3])
    const rows: string[] = []
    const apply = (_: Buffer | null, value: Buffer | null) => void rows.push(String(value))
    const restoring = restore(kafka, [{ partition: place, apply }], () => false)
    await until('the first row is there', () => rows.length > 0)
    release()
    await restoring
    expect(rows).toEqual(['1', '2'])
    await transactions.close()
  })
})

describe('a log that is cut off', () => {
  it.each([
    ['and stays short', 0],
    ['and has grown beyond the position since', 20],
  ])('below what was read %s is told, never skipped', async (_, grown) => {
    const { broker, kafka, topic } = await world()
    const place = { topic, partition: 0 }
    const producer = kafka.producer()
    await producer.append(place, batchOf(...numbers(10)))
    const fetcher = kafka.fetcher({ isolation: 'read_committed' })
    open.unshift(fetcher)
    fetcher.seek(place, 0)
    await readUpTo(fetcher, [{ ...place, offset: 10 }])
    fetcher.pause(place)
    broker.truncateTo(place, 4)
    await producer.close()
    const after = kafka.producer()
    if (grown > 0) await after.append(place, batchOf(...numbers(grown)))
    fetcher.resume(place)
    const error = await errorOf(readUpTo(fetcher, [{ ...place, offset: 24 }]))
    expect([error?.fault, error?.reason, error?.partition]).toEqual(['out-of-range', 'LOG_TRUNCATION', place])
    await after.close()
  })

  it('above what was read, or not at all, is no concern', async () => {
    const { broker, kafka, topic } = await world()
    const place = { topic, partition: 0 }
    const producer = kafka.producer()
    await producer.append(place, batchOf(...numbers(10)))
    const fetcher = kafka.fetcher({ isolation: 'read_committed' })
    open.unshift(fetcher)
    fetcher.seek(place, 0)
    await readUpTo(fetcher, [{ ...place, offset: 10 }])
    for (const node of [2, 3, 1]) broker.movePartition(place, node)
    await producer.append(place, batchOf('10'))
    const parts = await readUpTo(fetcher, [{ ...place, offset: 11 }])
    expect(parts.flatMap(({ batches }) => batches).map(({ baseOffset }) => baseOffset)).toEqual([10])
    await producer.close()
  })
})
