/** Histories that are changed a little: what a judge must notice. */
import type { History, LoggedPartition, LoggedRecord } from '../../../src/testing/simulation/history.ts'

/** The same history, but for the records of the logs of one topic. */
export function withRecords(
  history: History,
  topic: string,
  change: (records: readonly LoggedRecord[], log: LoggedPartition) => readonly LoggedRecord[],
): History {
  let isChanged = false
  const partitions = history.partitions.map((log) => {
    if (log.topic !== topic) return log
    const records = change(log.records, log)
    isChanged ||= records !== log.records
    return { ...log, records }
  })
  if (!isChanged) throw new Error(`nothing of ${topic} was changed`)
  return { ...history, partitions }
}

/** In the first partition where there is one, the last record for which that holds is replaced. */
export function replaceOne(
  history: History,
  topic: string,
  isMeant: (record: LoggedRecord) => boolean,
  make: (record: LoggedRecord) => readonly LoggedRecord[],
): History {
  let isDone = false
  return withRecords(history, topic, (records) => {
    const index = isDone ? -1 : records.findLastIndex(isMeant)
    if (index < 0) return records
    isDone = true
    return [...records.slice(0, index), ...make(records[index]!), ...records.slice(index + 1)]
  })
}

export const any = (): boolean => true
export const dropped = (): readonly LoggedRecord[] => []
export const doubled = (record: LoggedRecord): readonly LoggedRecord[] => [record, record]

/** With another value, as JSON. */
export function changed(change: (value: never) => unknown): (record: LoggedRecord) => readonly LoggedRecord[] {
  return (record) => {
    const value = JSON.parse(record.value!.toString()) as never
    return [{ ...record, value: Buffer.from(JSON.stringify(change(value))) }]
  }
}

/** The last half of the visible records of each partition is gone. */
export function cutTail(records: readonly LoggedRecord[]): readonly LoggedRecord[] {
  return records.slice(0, records.length >> 1)
}
