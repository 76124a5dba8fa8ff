/** One producer behind the proxy: a transaction that is aborted, then one over two partitions, and what readers see of it. */
import { connect } from 'node:net'
import type { SocketFactory } from '../../src/kafka/native/config.ts'
import { KafkaError, type Transactions } from '../../src/kafka/port.ts'
import { partitionsOfTopic, type TopicPartition } from '../../src/record.ts'
import { batchOf, connected, settled, unique, valuesOf } from '../contracts/tools.ts'
import { holdAbort } from './holding-proxy.ts'

export interface Seen {
  readonly protocol: 1 | 2
  /** What a reader of committed data finds, partition by partition. */
  readonly values: readonly (readonly (string | null)[])[]
  /** How the second transaction was refused; null: it was committed. */
  readonly refused: string | null
  /** What became of the abort in the proxy. Unless it was held and released, nothing was shown. */
  readonly held: number
  readonly released: number
}

/** @example (await writeBehind('127.0.0.1:9092')).values // [['x'], ['y']] */
export async function writeBehind(brokers: string): Promise<Seen> {
  const id = unique('tear')
  const proxy = await holdAbort(brokers, id)
  const socketFactory: SocketFactory = ({ onConnect }) =>
    connect({ host: '127.0.0.1', port: proxy.port, noDelay: true }, onConnect)
  const [observer, writer] = await Promise.all([
    connected(brokers, { clientId: 'observer' }),
    connected(brokers, { clientId: 'writer', socketFactory }),
  ])
  try {
    await observer.topics.create([{ name: id, partitions: 2 }])
    const places = partitionsOfTopic(id, 2)
    const transactions = writer.transactions(id, { timeout: { seconds: 20 } })
    await transactions.init()
    const refused = await refusalOf(write(transactions, places))
    await transactions.close()
    for (const place of places) await settled(observer, place)
    const values = await Promise.all(places.map((place) => valuesOf(observer, place)))
    return { protocol: transactions.protocol, values, refused, ...proxy.hits }
  } finally {
    await Promise.all([observer.close(), writer.close()])
    await proxy.close()
  }
}

/** As an application does it: what became of an abort is unknown only where the client says so. */
async function write(transactions: Transactions, [one, two]: readonly TopicPartition[]): Promise<void> {
  await transactions.append(one!, batchOf('lost'))
  const unknown = await refusalOf(transactions.abort())
  if (unknown !== null) await transactions.init()
  await transactions.append(one!, batchOf('x'))
  await transactions.append(two!, batchOf('y'))
  await transactions.commit()
}

async function refusalOf(promise: Promise<void>): Promise<string | null> {
  try {
    await promise
    return null
  } catch (error) {
    if (error instanceof KafkaError) return `${error.fault}: ${error.reason}`
    throw error
  }
}
