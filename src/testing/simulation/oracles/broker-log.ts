/**
 * The broker's history, as checkers of logs judge it: aborted reads, reads before the commit, lost writes, duplicates,
 * records unseen at the end, polls that go back, one offset with two values, transactions of which a part is missing.
 * Allowed: transactions that interleave in a partition, and offsets that are skipped.
 */
import { partitionName } from '../../../record.ts'
import type { Finding, History, LoggedPartition, LoggedRecord, ReadRecord, WrittenRecord } from '../history.ts'
import { exact, factsOf, isVisible, transactionOf } from './facts.ts'
import { Findings } from './findings.ts'
import { Tally } from './tally.ts'

/** @example brokerLog(history) // [] */
export function brokerLog(history: History): readonly Finding[] {
  const found = new Findings('broker-log')
  checkReads(history, found)
  checkWrites(history, found)
  checkWholeness(history, found)
  return found.all
}

function checkReads(history: History, found: Findings): void {
  const { logs } = factsOf(history)
  const readings = Map.groupBy(history.reads, (read) => `${read.reader} ${partitionName(read)}`)
  for (const reads of readings.values()) {
    const { records = [] } = logs.get(partitionName(reads[0]!)) ?? {}
    const byOffset = new Map(records.map((record) => [record.offset, record]))
    for (const [index, read] of reads.entries()) {
      const before = reads[index - 1]
      if (before !== undefined && read.offset <= before.offset)
        found.add(`${placeOf(read)} was read after ${before.offset} by ${read.reader}`)
      checkRead(read, byOffset.get(read.offset), found)
    }
  }
  if (history.isDrained && history.reads.length > 0) checkUnseen(history, found)
}

function checkRead(read: ReadRecord, record: LoggedRecord | undefined, found: Findings): void {
  const { reader } = read
  if (record === undefined) found.add(`${placeOf(read)} was read by ${reader} and is not in the log`)
  else if (record.fate === 'aborted') found.add(`${placeOf(read)} was read by ${reader} although it was aborted`)
  else if (record.fate === 'open') found.add(`${placeOf(read)} was read by ${reader} before it was committed`)
  else if (bytesOf(read) !== bytesOf(record))
    found.add(
      `${placeOf(read)} has two values: ${reader} read ${exact(read.value)}, the log has ${exact(record.value)}`,
    )
}

/** Of the user's topics and queues: ours may be purged or compacted before a reader comes. */
function checkUnseen(history: History, found: Findings): void {
  const { graph, logs } = factsOf(history)
  const kept = new Set([...graph.inputs, ...graph.outputs].map(({ name }) => name))
  for (const { name, kind } of graph.internal) if (kind === 'dead-letter') kept.add(name)
  const seen = new Set(history.reads.map((read) => `${read.reader} ${placeOf(read)}`))
  const readers = new Set(history.reads.map(({ reader }) => reader))
  for (const [name, { topic, records, stableOffset }] of logs) {
    if (!kept.has(topic)) continue
    for (const record of records) {
      if (record.offset >= stableOffset || !isVisible(record)) continue
      for (const reader of readers)
        if (!seen.has(`${reader} ${name}@${record.offset}`))
          found.add(`${name}@${record.offset} was never read by ${reader}`)
    }
  }
}

/** What the producer was told is what is there, as often as it was told. */
function checkWrites({ written, partitions }: History, found: Findings): void {
  const topics = new Set(written.map(({ topic }) => topic))
  const present = new Tally()
  const whole = new Set<string>()
  for (const log of partitions) {
    if (!topics.has(log.topic) || !log.isWhole) continue
    whole.add(partitionName(log))
    for (const record of log.records) if (isVisible(record)) present.add(identityOf(log, record))
  }
  const [least, most] = [new Tally(), new Tally()]
  for (const record of written) {
    const identity = identityOf(record, record)
    if (record.outcome === 'committed') least.add(identity)
    if (record.outcome !== 'aborted') most.add(identity)
  }
  for (const { item, times } of present.lacks(least))
    if (whole.has(placeIn(item))) found.add(`lost: ${item} is ${times} times missing, and was committed`)
  for (const { item, times } of most.lacks(present))
    found.add(`${item} is there ${times} times more than it was written`)
}

/** A transaction is committed or aborted everywhere. Under protocol 1 an epoch serves for many: nothing can be said. */
function checkWholeness({ partitions, requests }: History, found: Findings): void {
  if (requests.some(({ api, version }) => api === 'EndTxn' && version < 5)) return
  const fates = new Map<string, readonly [fate: string, place: string]>()
  for (const log of partitions) {
    for (const record of log.records) {
      if (record.fate === 'plain') continue
      const name = transactionOf(record)
      const place = `${partitionName(log)}@${record.offset}`
      const [fate, other] = fates.get(name) ?? [record.fate, place]
      fates.set(name, [fate, other])
      if (fate !== record.fate) found.add(`transaction ${name} is ${fate} at ${other} and ${record.fate} at ${place}`)
    }
  }
}

function identityOf(place: LoggedPartition | WrittenRecord, record: LoggedRecord | WrittenRecord): string {
  const headers = record.headers.map(({ name, value }) => `${name}=${exact(value)}`).join(' ')
  return `${partitionName(place)} ${record.timestamp} ${exact(record.key)} ${exact(record.value)} ${headers}`
}

function placeIn(identity: string): string {
  return identity.slice(0, identity.indexOf(' '))
}

function placeOf(read: ReadRecord): string {
  return `${partitionName(read)}@${read.offset}`
}

function bytesOf({ key, value }: Pick<LoggedRecord, 'key' | 'value'>): string {
  return `${key?.toString('latin1') ?? null}\n${value?.toString('latin1') ?? null}`
}
