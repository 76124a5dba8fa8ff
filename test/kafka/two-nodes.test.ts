/** Two nodes of Apache Kafka: leaders and coordinators move, markers are late, a log is cut off. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningKafka, startKafka } from '../../scripts/kafka.ts'
import type { Kafka, Membership, Transactions } from '../../src/kafka/port.ts'
import { partitionsOfTopic, type TopicPartition } from '../../src/record.ts'
import { restore } from '../../src/runtime/restore/restore.ts'
import { soleMember } from '../contracts/members.ts'
import { batchOf, connected, endOf, errorOf, faultOf, readUpTo, settled, unique, valuesOf } from '../contracts/tools.ts'
import { coordinatedBy, electPreferred, leadersOf, ledBy } from './cluster-tools.ts'
import { lackingFor } from './lacking.ts'

const lacking = lackingFor('Apache Kafka')
const timeout = { seconds: 60 }
const slow = 240_000

describe.skipIf(lacking !== null)('Apache Kafka with two nodes', () => {
  let cluster: RunningKafka
  let first: string
  let kafka: Kafka
  const clients: Kafka[] = []

  const client = async (brokers = cluster.brokers): Promise<Kafka> => {
    const another = await connected(brokers)
    clients.push(another)
    return another
  }
  const topic = async (partitions: number, replicationFactor: number, configs = {}): Promise<string> => {
    const name = unique('two')
    await kafka.topics.create([{ name, partitions, replicationFactor, configs }])
    return name
  }

  /** Node 2 comes back and leads again what it led, coordinators included, once its replicas are in sync. */
  const returns = async (...topics: string[]): Promise<void> => {
    await cluster.restart(2)
    const isBack = async (name: string) => (await leadersOf(first, name)).includes(2)
    for (let tries = 0; tries < 1_000; tries++) {
      await electPreferred(first)
      const back = await Promise.all(['__consumer_offsets', '__transaction_state', ...topics].map(isBack))
      if (back.every((isIt) => isIt)) return
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new Error('node 2 leads nothing')
  }

  beforeAll(async () => {
    cluster = await startKafka({
      nodes: 2,
      properties: (node) => ({
        'offsets.topic.replication.factor': '2',
        'transaction.state.log.replication.factor': '2',
        'broker.rack': node === 1 ? 'a' : 'b',
        'replica.selector.class': 'org.apache.kafka.common.replica.RackAwareReplicaSelector',
        // The records of these tests are of 2023: half a minute after its start the broker would delete them.
        'log.retention.ms': '-1',
        'leader.imbalance.check.interval.seconds': '3600',
      }),
    })
    first = `127.0.0.1:${cluster.ports[0]}`
    kafka = await client()
  }, slow)
  afterAll(async () => {
    for (const each of clients) await each.close()
    await cluster?.stop()
  })

  it('is found by a list with a dead address in it, in every order', async () => {
    for (const brokers of [`127.0.0.1:1,${first}`, `${first},127.0.0.1:1`]) {
      expect(await (await client(brokers)).topics.describe(['none'])).toHaveLength(1)
    }
  })

  it('reads from the replica in its rack', async () => {
    const name = await topic(2, 2)
    const producer = kafka.producer()
    const places = partitionsOfTopic(name, 2)
    await Promise.all(places.map((place) => producer.append(place, batchOf('one', 'two'))))
    for (const rack of ['a', 'b', 'nowhere']) {
      const nearby = await connected(cluster.brokers, { rack })
      for (const place of places) expect(await valuesOf(nearby, place)).toEqual(['one', 'two'])
      await nearby.close()
    }
    await producer.close()
  })

  it('reads state up to the high watermark, although its marker is late', { timeout: slow }, async () => {
    const changelog = await ledBy(first, 2, await topic(4, 1))
    const input = { topic: await topic(1, 2), partition: 0 }
    const group = await coordinatedBy(first, 1, 'group')
    const transactions = kafka.transactions(await coordinatedBy(first, 1, 'transaction'), { timeout })
    const member = await soleMember(kafka, group, input.topic)
    await transactions.init()
    await transactions.append(changelog, batchOf('count=1'))
    await transactions.offsets(member, [{ ...input, offset: 1 }])
    await transactions.commit()
    await settled(kafka, changelog)
    await transactions.append(changelog, batchOf('count=2'))
    await transactions.offsets(member, [{ ...input, offset: 2 }])
    cluster.hold(2)
    try {
      await transactions.commit()
      // The heir: a stable position is there at once, and the changelog's last stable offset does not have it yet.
      const heir = await client()
      expect(await heir.positions(group, [input])).toEqual([{ ...input, offset: 2 }])
      expect(await endOf(heir, changelog, 'stable')).toBe(2)
      expect(await endOf(heir, changelog, 'end')).toBe(3)
      const rows: string[] = []
      let isRestored = false
      const apply = (_: Buffer | null, value: Buffer | null) => void rows.push(String(value))
      const restoring = restore(heir, [{ partition: changelog, apply }], () => false).then(() => {
        isRestored = true
      })
      while (rows.length === 0 && !isRestored) await new Promise((resolve) => setTimeout(resolve, 20))
      expect([rows, isRestored]).toEqual([['1'], false])
      cluster.release(2)
      await restoring
      expect(rows).toEqual(['1', '2'])
    } finally {
      cluster.release(2)
    }
    await transactions.close()
    await member.leave()
  })

  it('loses and doubles nothing when leaders move and a node dies while sending', { timeout: slow }, async () => {
    const name = await topic(4, 2)
    const places = partitionsOfTopic(name, 4)
    const producer = kafka.producer()
    const stream = sending(places, (place, value) => producer.append(place, batchOf(value)))
    await stream.reaches(20)
    await cluster.kill(2)
    await stream.reaches(40)
    expect(await leadersOf(first, name)).toEqual([1, 1, 1, 1])
    await returns(name)
    expect(new Set(await leadersOf(first, name))).toEqual(new Set([1, 2]))
    await stream.reaches(60)
    const sent = await stream.stop()
    for (const [index, place] of places.entries()) expect(await valuesOf(kafka, place)).toEqual(sent[index])
    await producer.close()
  })

  it.each(['before EndTxn', 'somewhere'])(
    'ends each transaction once when its coordinator dies %s',
    { timeout: slow },
    async (when) => {
      const place = { topic: await topic(1, 2), partition: 0 }
      const group = await coordinatedBy(first, 2, 'group')
      const transactions = kafka.transactions(await coordinatedBy(first, 2, 'transaction'), { timeout })
      const member = await soleMember(kafka, group, place.topic)
      await transactions.init()
      let position = 0
      const attempt = async (beforeEnd: () => Promise<void>): Promise<void> => {
        const fault = await faultOf(countUp(transactions, member, place, position, beforeEnd))
        if (fault === 'abortable' || fault === 'retriable') await transactions.abort()
        else if (fault !== 'none') await transactions.init()
        position = Math.max(0, (await kafka.positions(group, [place]))[0]!.offset)
      }
      const work = async (until: number): Promise<void> => {
        while (position < until) await attempt(nothing)
      }
      await work(10)
      if (when === 'before EndTxn') {
        await attempt(() => cluster.kill(2))
      } else {
        const working = work(500)
        await cluster.kill(2)
        expect(position).toBeLessThan(500)
        await working
      }
      await work(position + 20)
      await returns()
      await settled(kafka, place)
      expect(await valuesOf(kafka, place)).toEqual(Array.from({ length: position }, (_, n) => `${n}`))
      await transactions.close()
      await member.leave()
    },
  )

  it('is found and worked with while one of its nodes is down from the start', { timeout: slow }, async () => {
    const name = await topic(2, 2)
    await cluster.kill(2)
    const late = await connected(cluster.brokers.split(',').reverse().join(','))
    const producer = late.producer()
    const places = partitionsOfTopic(name, 2)
    await Promise.all(places.map((place) => producer.append(place, batchOf('alone'))))
    for (const place of places) expect(await valuesOf(late, place)).toEqual(['alone'])
    await producer.close()
    await late.close()
    await returns()
  })

  it('tells of records that an unclean election lost', { timeout: slow }, async () => {
    const configs = { 'unclean.leader.election.enable': 'true' }
    const place = await ledBy(first, 2, await topic(2, 2, configs))
    const producer = kafka.producer()
    await producer.append(place, batchOf('kept'))
    const fetcher = kafka.fetcher({ isolation: 'read_committed' })
    fetcher.seek(place, 0)
    await readUpTo(fetcher, [{ ...place, offset: 1 }])
    // Node 1 can't follow any more; once it is out of the replicas in sync, node 2 acknowledges alone.
    cluster.hold(2)
    await producer.append(place, batchOf('lost', 'lost too'))
    await readUpTo(fetcher, [{ ...place, offset: 3 }])
    await cluster.kill(2)
    const error = await errorOf(readUpTo(fetcher, [{ ...place, offset: 4 }]))
    expect([error?.fault, error?.reason, error?.partition]).toEqual(['out-of-range', 'LOG_TRUNCATION', place])
    await fetcher.close()
    await producer.close()
    cluster.release(2)
    await returns()
  })
})

interface Sending {
  reaches(rounds: number): Promise<void>
  /** What was acknowledged, by partition. */
  stop(): Promise<string[][]>
}

/** Sends to every partition in rounds, several batches on their way at a time, until it is stopped. */
function sending(
  places: readonly TopicPartition[],
  append: (place: TopicPartition, value: string) => Promise<unknown>,
): Sending {
  const sent = places.map((): string[] => [])
  let rounds = 0
  let isStopped = false
  let failure: unknown = null
  const run = async (): Promise<void> => {
    while (!isStopped) {
      const appended: Promise<unknown>[] = []
      for (const [index, place] of places.entries()) {
        for (let n = 0; n < 6; n++) {
          const value = `${rounds} ${n}`
          sent[index]!.push(value)
          appended.push(append(place, value))
        }
      }
      await Promise.all(appended)
      rounds++
      // The nodes need the cores as well, to die and to come back.
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  const ended = run().catch((error: unknown) => {
    failure = error
  })
  return {
    async reaches(wanted) {
      while (rounds < wanted && failure === null) await new Promise((resolve) => setTimeout(resolve, 10))
      if (failure !== null) throw failure
    },
    async stop() {
      isStopped = true
      await ended
      if (failure !== null) throw failure
      return sent
    },
  }
}

const nothing = async (): Promise<void> => undefined

/** One transaction: the value at this position, and the next position. */
async function countUp(
  transactions: Transactions,
  member: Membership,
  place: TopicPartition,
  position: number,
  beforeEnd: () => Promise<void>,
): Promise<void> {
  await transactions.append(place, batchOf(`${position}`))
  await transactions.offsets(member, [{ ...place, offset: position + 1 }])
  await beforeEnd()
  await transactions.commit()
}
