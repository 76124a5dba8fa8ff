/** Segments as files: Apache Kafka's tools read ours, and we open what Apache Kafka has written and compacted. */
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { kafkaTool, type RunningKafka, startKafka } from '../../scripts/kafka.ts'
import { TopicConfigs } from '../../src/broker/configs.ts'
import { startBroker } from '../../src/broker/index.ts'
import { deleteHorizonOf, rawRecordsOf } from '../../src/broker/log/compaction/rewrite.ts'
import { PartitionLog } from '../../src/broker/log/log.ts'
import { policyOf } from '../../src/broker/log/policy.ts'
import { RecordBatch } from '../../src/wire/batch.ts'
import { batchesFrom, openData, openLog, recordsOf } from '../broker/storage-tools.ts'
import { until } from '../contracts/tools.ts'
import { lackingFor } from './lacking.ts'
import { LogWriter, type Row, type Transactional } from './log-scripts.ts'

const lacking = lackingFor('Apache Kafka on files')
const minute = 60_000

describe.skipIf(lacking !== null)('DumpLogSegments', () => {
  let directory: string
  let written: readonly RecordBatch[] = []

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'millrace-dump-'))
    const broker = await startBroker({ directory })
    const writer = new LogWriter(broker.address)
    await writer.create('orders', { 'segment.ms': '1000' })
    const now = Date.now()
    await writer.write(
      'orders',
      [
        ['a', '1'],
        ['b', null],
      ],
      now,
    )
    const [one, two] = [await writer.begin('one'), await writer.begin('two')]
    await writer.write('orders', [['a', '2']], now, one)
    await writer.write('orders', [['a', '3']], now, two, { compression: 'gzip' })
    await writer.commitPosition(one, 'billing', 'orders', 2)
    await writer.end(one, true)
    await writer.end(two, false)
    await until('both markers are there', async () => (await writer.batches('orders')).length === 5)
    written = await writer.batches('orders')
    await writer.write('orders', [['c', '4']], now + 2000)
    writer.close()
    await broker.close()
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  /** What the tool says of every segment of the folders that begin so. */
  async function dump(start: string, ...words: string[]): Promise<string[]> {
    const folders = readdirSync(directory).filter((name) => name.startsWith(start))
    const files = folders.flatMap((name) =>
      readdirSync(join(directory, name)).map((file) => join(directory, name, file)),
    )
    const asked = ['--files', files.sort().join(','), '--deep-iteration', ...words]
    const { stdout, stderr, exitCode } = await kafkaTool('kafka.tools.DumpLogSegments', asked)
    expect([exitCode, stderr.includes('Exception')], stdout + stderr).toEqual([0, false])
    return stdout.split('\n')
  }

  test('finds every batch valid, and every record in it', async () => {
    const lines = await dump('orders-0', '--print-data-log')
    const batches = lines.filter((line) => line.startsWith('baseOffset:'))
    expect(batches.map((line) => /isvalid: (\w+)/.exec(line)?.[1])).toEqual(Array(6).fill('true'))
    const starts = lines.map((line) => /^Log starting offset: (\d+)/.exec(line)?.[1])
    expect(starts.filter((start) => start !== undefined)).toEqual(['0', '6'])
    const rows = lines.filter((line) => line.startsWith('| offset:') && line.includes('key:'))
    const rowOf = (line: string) => [
      Number(/offset: (\d+)/.exec(line)![1]),
      /key: (\w+)/.exec(line)?.[1],
      /payload: (\w+)/.exec(line)?.[1],
    ]
    expect(rows.filter((line) => !line.includes('endTxnMarker')).map(rowOf)).toEqual([
      [0, 'a', '1'],
      [1, 'b', undefined],
      [2, 'a', '2'],
      [3, 'a', '3'],
      [6, 'c', '4'],
    ])
    const markers = lines
      .map((line) => /endTxnMarker: (\w+) coordinatorEpoch: (\d+)/.exec(line))
      .filter((found) => found !== null)
    const ours = written.filter(({ isControl }) => isControl).map((batch) => batch.controlType().toUpperCase())
    expect(markers.map(([, type]) => type)).toEqual(ours)
  })

  test('decodes the positions of groups and the states of transactions', async () => {
    const positions = (await dump('__consumer_offsets-', '--offsets-decoder')).join('\n')
    expect(positions).toMatch(/"group":"billing","topic":"orders","partition":0[^\n]*"offset":2/)
    const states = (await dump('__transaction_state-', '--transaction-log-decoder')).join('\n')
    const statesOf = (id: string): string[] =>
      states
        .split('\n')
        .filter((line) => line.includes(`"transactionalId":"${id}"`))
        .map((line) => /"transactionStatus":(\d)/.exec(line)![1]!)
    // Empty, Ongoing (with records, with positions), PrepareCommit, CompleteCommit; PrepareAbort, CompleteAbort.
    expect([statesOf('one'), statesOf('two')]).toEqual([
      ['0', '1', '1', '2', '4'],
      ['0', '1', '3', '5'],
    ])
  })
})

describe.skipIf(lacking !== null)('a log of Apache Kafka', () => {
  const settings = { 'segment.ms': '1000', 'retention.ms': '-1' }
  const compacting = { 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': '0.0001', 'delete.retention.ms': '1' }
  let folder: string
  let kafka: RunningKafka
  let writer: LogWriter
  /** Each batch two seconds after the last begins a segment; later than any marker, since those bear the time it is. */
  let time = Date.now() + minute

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-kafka-log-'))
    kafka = await startKafka({ data: join(folder, 'kafka') })
    writer = new LogWriter(kafka.brokers)
  })
  afterAll(async () => {
    writer.close()
    await kafka.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  async function write(topic: string, rows: readonly Row[], by?: Transactional): Promise<void> {
    time += 2000
    await writer.write(topic, rows, time, by)
  }

  async function finish(topic: string, by: Transactional, committed: boolean): Promise<void> {
    const before = (await writer.batches(topic)).length
    await writer.end(by, committed)
    await until('the marker is there', async () => (await writer.batches(topic)).length > before)
  }

  test('is opened as it is: records, open transactions, aborted ones, producers', async () => {
    await writer.create('opened', settings)
    await write('opened', [
      ['a', '1'],
      ['b', '2'],
    ])
    const [one, two] = [await writer.begin('opened-one'), await writer.begin('opened-two')]
    await write('opened', [['a', '3']], one)
    await write('opened', [['a', '4']], two)
    await finish('opened', one, false)
    const batches = await writer.batches('opened')
    const data = openData(join(folder, 'ours'))
    cpSync(join(kafka.data, 'log', 'opened-0'), join(folder, 'ours', 'orders-0'), { recursive: true })
    const log = openLog(data, settings)
    expect(batchesFrom(log, 0).map(shapeOf)).toEqual(batches.map(shapeOf))
    expect(recordsOf(log)).toEqual(['0:a=1', '1:b=2', '2:a=3', '3:a=4', '4:abort'])
    expect([log.endOffset, log.stableOffset, log.aborted(0, 9)]).toEqual([
      5,
      3,
      [{ producerId: batches[1]!.producerId, firstOffset: 2, lastOffset: 4 }],
    ])
    expect(log.segments().map(({ baseOffset }) => baseOffset)).toEqual(segmentsOf('opened'))
    data.close()
    await writer.end(two, true)
  })

  const segmentsOf = (topic: string): number[] =>
    readdirSync(join(kafka.data, 'log', `${topic}-0`))
      .filter((name) => name.endsWith('.log'))
      .map((name) => Number(name.slice(0, 20)))
      .sort((one, other) => one - other)

  test('tells the same offsets by time', async () => {
    const broker = await startBroker()
    const ours = new LogWriter(broker.address)
    const times = [-1, -2, -3, -4, -5, 0, 500, 501, 899, 900, 1000, 2000].map((at) => (at < 0 ? at : time + at))
    const listed: unknown[] = []
    for (const one of [writer, ours]) {
      await one.create('timed', { 'retention.ms': '-1' })
      for (const at of [500, 100, 900, 900])
        await one.write(
          'timed',
          [
            ['a', '1'],
            ['b', '2'],
          ],
          time + at,
        )
      const before = await one.list('timed', times)
      await one.deleteBelow('timed', 3)
      const open = await one.begin('timed')
      await one.write('timed', [['c', '3']], time + 1000, open)
      listed.push([before, await one.list('timed', times), await one.list('timed', times, true)])
      await one.end(open, true)
    }
    expect(listed[1]).toEqual(listed[0])
    ours.close()
    await broker.close()
  })

  test('is compacted by both to the same batches', async () => {
    await writer.create('compacted', { ...settings, ...compacting, 'cleanup.policy': 'delete' })
    const [one, two] = [await writer.begin('compacted-one'), await writer.begin('compacted-two')]
    await write('compacted', [
      ['a', '1'],
      ['b', '1'],
      ['c', '1'],
    ])
    await write(
      'compacted',
      [
        ['a', '2'],
        ['d', '1'],
      ],
      one,
    )
    await write(
      'compacted',
      [
        ['b', '2'],
        ['e', '1'],
      ],
      two,
    )
    await finish('compacted', one, true)
    await finish('compacted', two, false)
    await write('compacted', [
      ['a', '3'],
      ['c', null],
    ])
    await write('compacted', [['f', '1']], one)
    await finish('compacted', one, false)
    await write(
      'compacted',
      [
        ['g', null],
        ['d', '2'],
      ],
      two,
    )
    await finish('compacted', two, true)
    await write('compacted', [['d', '3']])
    // Compaction drops what has no key: this batch will be the last of a round, and empty.
    await write('compacted', [[null, 'lost']])
    await write('compacted', [['z', '1']])
    const policy = policyOf(new TopicConfigs(new Map(Object.entries({ ...settings, ...compacting }))))
    const ours = new PartitionLog({ policy: () => policy })
    for (const batch of await writer.batches('compacted')) take(ours, batch)
    await writer.configure('compacted', compacting)
    expect(batchesFrom(ours, 0).every(({ recordCount }) => recordCount > 0)).toBe(true)
    let now = 1_000_000
    for (const round of ['first', 'second', 'third', 'fourth']) {
      now += 1_000_000
      expect([round, ours.compactIfDirty(now)]).toEqual([round, true])
      const expected = batchesFrom(ours, 0).map(shapeOf)
      let found: unknown[] = []
      await until(`both agree after the ${round} round`, async () => {
        found = (await writer.batches('compacted')).map(shapeOf)
        return JSON.stringify(found) === JSON.stringify(expected)
      }).catch(() => {})
      expect(found, round).toEqual(expected)
      const known = ours.endOffset
      await write('compacted', [['z', round]])
      for (const batch of await writer.batches('compacted')) if (batch.baseOffset >= known) take(ours, batch)
    }
    const left = ['1:b=1', '9:a=3', '16:d=3', '20:z=second', '21:z=third', '22:z=fourth']
    expect(recordsOf(ours)).toEqual(left)
    expect(batchesFrom(ours, 0).some(({ recordCount }) => recordCount === 0)).toBe(true)
  })
})

/** Writes a batch of Kafka's into a log of ours. */
function take(log: PartitionLog, batch: RecordBatch): void {
  const { producerId, producerEpoch, maxTimestamp: timestamp } = batch
  if (batch.isControl) {
    const type = batch.controlType() as 'commit' | 'abort'
    expect(log.appendMarker({ type, producerId, producerEpoch, coordinatorEpoch: 0, timestamp })).toBe(0)
    return
  }
  const bytes = Buffer.from(batch.bytes.subarray(batch.start, batch.end))
  expect(log.append(new RecordBatch(bytes, 0, bytes.length), -1)).toMatchObject({
    errorCode: 0,
    offset: batch.baseOffset,
  })
}

/** A batch as far as both brokers have to agree on it; horizons lie at different times. */
function shapeOf(batch: RecordBatch): unknown {
  const { baseOffset, lastOffset, isControl, isTransactional, producerId, producerEpoch, baseSequence, maxTimestamp } =
    batch
  const header = {
    baseOffset,
    lastOffset,
    isControl,
    isTransactional,
    producerId,
    producerEpoch,
    baseSequence,
    maxTimestamp,
  }
  const records = rawRecordsOf(batch).map(({ offset, key, timestamp, isTombstone }) => [
    offset,
    key,
    timestamp,
    isTombstone,
  ])
  return { ...header, hasHorizon: deleteHorizonOf(batch) !== null, records }
}
