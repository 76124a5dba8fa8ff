/** What a worker holds is the fold of the changelog up to where it says it has come, byte for byte. */
import { partitionName } from '../../../record.ts'
import type { Finding, History, LiveStore, LoggedPartition } from '../history.ts'
import { exact, factsOf, isVisible } from './facts.ts'
import { Findings } from './findings.ts'

type Contents = ReadonlyMap<string, string>

/** @example changelog(history) // [] */
export function changelog(history: History): readonly Finding[] {
  const found = new Findings('changelog')
  const { logs } = factsOf(history)
  for (const store of history.stores) {
    const log = logs.get(partitionName({ topic: store.changelog, partition: store.partition }))
    if (log === undefined) found.add(`${store.task} has rows of ${store.changelog}, which is not there`)
    else if (log.isWhole) compare(store, log, found)
  }
  if (history.isDrained) findUnowned(history, found)
  return found.all
}

function compare(
  { changelog: topic, partition, position, rows }: LiveStore,
  log: LoggedPartition,
  found: Findings,
): void {
  const name = `${partitionName({ topic, partition })} up to ${position}`
  const held: Contents = new Map(rows.map(({ key, value, time }) => [hex(key), rowText(value, time)]))
  const folded = fold(log, position)
  for (const [key, row] of folded) {
    const live = held.get(key)
    if (live === undefined) found.add(`${name} has a row ${keyText(key)} that the live store lacks`)
    else if (live !== row) found.add(`${name} has ${row} for ${keyText(key)}, the live store ${live}`)
  }
  for (const key of held.keys())
    if (!folded.has(key)) found.add(`the live store of ${name} has a row ${keyText(key)} that the changelog lacks`)
}

function fold({ records }: LoggedPartition, position: number): Contents {
  const contents = new Map<string, string>()
  for (const record of records) {
    if (record.offset >= position || !isVisible(record) || record.key === null) continue
    if (record.value === null) contents.delete(hex(record.key))
    else contents.set(hex(record.key), rowText(record.value, record.timestamp))
  }
  return contents
}

/** When all is drained somebody has every row that was ever committed. */
function findUnowned(history: History, found: Findings): void {
  const { stores, partitions } = history
  const { graph } = factsOf(history)
  const changelogs = new Set(graph.internal.filter(({ kind }) => kind === 'changelog').map(({ name }) => name))
  for (const { topic, partition, records } of partitions) {
    const last = records.findLast(isVisible)
    if (!changelogs.has(topic) || last === undefined) continue
    const those = stores.filter((store) => store.changelog === topic && store.partition === partition)
    if (!those.some(({ position }) => position > last.offset))
      found.add(`nobody has the rows of ${partitionName({ topic, partition })} up to its record ${last.offset}`)
  }
}

function rowText(value: Uint8Array, time: number): string {
  return `${hex(value)} at ${time}`
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function keyText(key: string): string {
  return exact(Buffer.from(key, 'hex'))
}
