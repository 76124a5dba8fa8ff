/** What is answered about topics and their records. */
import * as apis from '../../../src/wire/apis/index.ts'
import { errorName } from '../../../src/wire/errors.ts'
import { batchOf } from '../../broker/wire-client.ts'
import type { Session } from './session.ts'

interface Wish {
  readonly name: string
  readonly partitions?: number
  readonly replicas?: number
  readonly config?: readonly [string, string]
}

const wishes: readonly Wish[] = [
  { name: 'a b' },
  { name: '..' },
  { name: 'x'.repeat(250) },
  { name: 'new', partitions: 0 },
  { name: 'new', partitions: 20_000 },
  { name: 'new', replicas: 3 },
  { name: 'new', replicas: 0 },
  { name: 'new', config: ['unknown', 'b'] },
  { name: 'new', config: ['retention.ms', 'b'] },
  { name: 'new', config: ['cleanup.policy', 'compact,delete'] },
  { name: 'new', config: ['cleanup.policy', 'shred'] },
  { name: 'new', partitions: 7 },
]

export async function creating(session: Session): Promise<void> {
  for (const wish of [{ name: session.topic }, ...wishes]) {
    const { name, partitions = 1, replicas = 1, config } = wish
    const configs = config === undefined ? [] : [{ name: config[0], value: config[1] }]
    const topic = { name, numPartitions: partitions, replicationFactor: replicas, assignments: [], configs }
    const body = { topics: [topic], timeoutMs: 5000, validateOnly: true }
    const { topics } = await session.client.send(apis.CreateTopics, 7, body)
    const { errorCode, numPartitions, replicationFactor } = topics[0]!
    await session.note(JSON.stringify(wish), [errorName(errorCode), numPartitions, replicationFactor])
  }
  for (const [name, count] of [
    [session.topic, 1],
    [session.topic, 5],
    ['absent', 5],
  ] as const) {
    const body = { topics: [{ name, count, assignments: null }], timeoutMs: 5000, validateOnly: true }
    const { results } = await session.client.send(apis.CreatePartitions, 3, body)
    await session.note(`${name} of ${count}`, errorName(results[0]!.errorCode))
  }
}

export async function configs(session: Session): Promise<void> {
  const resources = [{ resourceType: 2, resourceName: session.topic, configurationKeys: null }]
  const body = { resources, includeSynonyms: false, includeDocumentation: false }
  const { results } = await session.client.send(apis.DescribeConfigs, 4, body)
  const entries = results[0]!.configs.map(({ name, value, configType, readOnly }) => [
    name,
    value,
    configType,
    readOnly,
  ])
  await session.note('configs', entries.sort())
}

/** Offsets are those of a partition that nothing else writes to; its records are of now, so that none is too old. */
export async function records(session: Session): Promise<void> {
  const partition = 3
  const batch = batchOf(['a', 'b'], {}, Date.now())
  const changed = Buffer.from(batch)
  changed[changed.length - 1]! ^= 1
  const write = (bytes: Buffer, more = {}): Promise<string> => session.produce(bytes, { partition, ...more })
  await session.note('batch', write(batch))
  await session.note('changed on its way', write(changed))
  await session.note('two at once', write(Buffer.concat([batch, batch])))
  await session.note('absent topic', write(batch, { topic: 'absent' }))
  await session.note('too large', write(batchOf(['x'.repeat(2_000_000)], {}, Date.now())))
  await session.note('from the future', write(batchOf(['a'], {}, Date.now() + 86_400_000)))
  await session.note('acknowledged by five', write(batch, { acks: 5 }))
  const identity = { producerId: 900_000, producerEpoch: 0 }
  await session.note('in the middle', write(batchOf(['a'], { ...identity, baseSequence: 7 }, Date.now())))
  const transactional = batchOf(['a'], { ...identity, baseSequence: 0, transactional: true }, Date.now())
  await session.note('transactional without an id', write(transactional, { version: session.versions.produce }))
  for (const offset of [0, 1, 3, 4, -1]) await session.note(`fetch ${offset}`, fetched(session, partition, offset))
  await session.note('fetch one byte', fetched(session, partition, 0, 1))
  for (const time of [-1, -2, 0, 2_000_000_000_000_000]) {
    await session.note(`offset at ${time}`, offsetAt(session, partition, time))
  }
  for (const offset of [9999, 1, 0, -1])
    await session.note(`delete ${offset}`, deletedBelow(session, partition, offset))
  for (const epoch of [0, 5, -1]) await session.note(`epoch ${epoch}`, epochEnd(session, partition, epoch))
}

async function fetched(session: Session, partition: number, fetchOffset: number, partitionMaxBytes = 1e6) {
  const { responses } = await session.client.send(apis.Fetch, 12, {
    maxWaitMs: 50,
    minBytes: 1,
    maxBytes: 1e6,
    isolationLevel: 1,
    topics: [{ topic: session.topic, partitions: [{ partition, fetchOffset, partitionMaxBytes }] }],
  })
  const {
    errorCode,
    highWatermark,
    lastStableOffset,
    logStartOffset,
    abortedTransactions,
    records: bytes,
  } = responses[0]!.partitions[0]!
  return [errorName(errorCode), highWatermark, lastStableOffset, logStartOffset, abortedTransactions, bytes?.length]
}

async function offsetAt(session: Session, partitionIndex: number, timestamp: number) {
  const partitions = [{ partitionIndex, timestamp }]
  const body = { replicaId: -1, isolationLevel: 0, topics: [{ name: session.topic, partitions }] }
  const { topics } = await session.client.send(apis.ListOffsets, 7, body)
  const { errorCode, offset, leaderEpoch } = topics[0]!.partitions[0]!
  return [errorName(errorCode), offset, leaderEpoch]
}

async function deletedBelow(session: Session, partitionIndex: number, offset: number) {
  const topics = [{ name: session.topic, partitions: [{ partitionIndex, offset }] }]
  const answer = await session.client.send(apis.DeleteRecords, 2, { topics, timeoutMs: 5000 })
  const { errorCode, lowWatermark } = answer.topics[0]!.partitions[0]!
  return [errorName(errorCode), lowWatermark]
}

async function epochEnd(session: Session, partition: number, leaderEpoch: number) {
  const partitions = [{ partition, currentLeaderEpoch: -1, leaderEpoch }]
  const body = { replicaId: -1, topics: [{ topic: session.topic, partitions }] }
  const { topics } = await session.client.send(apis.OffsetForLeaderEpoch, 4, body)
  const found = topics[0]!.partitions[0]!
  return [errorName(found.errorCode), found.leaderEpoch, found.endOffset]
}

/** The transaction protocol a client is led to, and that whatever we serve is served there too. */
export async function features(session: Session): Promise<void> {
  for (const version of [3, 4]) {
    const software = { clientSoftwareName: 'script', clientSoftwareVersion: '1' }
    const answer = await session.client.send(apis.ApiVersions, version, software)
    const ours = ({ name }: { name: string }): boolean => name === 'transaction.version'
    await session.note('features', [answer.supportedFeatures.filter(ours), answer.finalizedFeatures.filter(ours)])
  }
}
