/** Dead letters are the planted poison, exactly: each once, its bytes and headers verbatim, and nothing else. */
import { partitionName } from '../../../record.ts'
import { topicNames } from '../../../topology/graph.ts'
import type { Finding, History, LoggedPartition, LoggedRecord } from '../history.ts'
import { exact, factsOf, isVisible, visible } from './facts.ts'
import { Findings } from './findings.ts'
import { policiesOf } from './natures.ts'
import { Tally } from './tally.ts'

interface Letter {
  readonly place: string
  readonly record: LoggedRecord
  /** `topic-partition@offset` of what it was; null for a row that no single record caused. */
  readonly source: string | null
  readonly isPointer: boolean
}

/** @example letters(history) // [] */
export function letters(history: History): readonly Finding[] {
  const found = new Findings('letters')
  const { graph } = factsOf(history)
  const queues = graph.internal.filter(({ kind }) => kind === 'dead-letter')
  const parks = parkedIn(history)
  for (const { name } of queues) {
    const all = history.partitions.filter(({ topic }) => topic === name).flatMap(lettersIn)
    checkVerbatim(all, history, found)
    if (!parks.has(name)) checkOnce(all, found)
  }
  if (history.isDrained) checkPlanted(history, found)
  return found.all
}

/** A parked key's letters come again when they fail again. */
function parkedIn(history: History): Set<string> {
  const { graph } = factsOf(history)
  const policies = graph.subTopologies.flatMap(({ nodes }) => nodes.flatMap(({ node }) => policiesOf(node)))
  return new Set(
    policies.flatMap((each) => (each.kind === 'park' ? [topicNames.deadLetter(graph.app, each.name)] : [])),
  )
}

function lettersIn(log: LoggedPartition): Letter[] {
  return visible(log).map((record) => {
    const [topic, partition, offset] = ['topic', 'partition', 'offset'].map((name) =>
      headerOf(record, `__streams.errors.${name}`),
    )
    const source = Number(offset) < 0 ? null : `${topic}-${partition}@${offset}`
    const isPointer = headerOf(record, '__millrace.dlq.pointer') === 'true'
    return { place: `${partitionName(log)}@${record.offset}`, record, source, isPointer }
  })
}

function headerOf({ headers }: LoggedRecord, wanted: string): string | null {
  const value = headers.findLast(({ name }) => name === wanted)?.value
  return value === undefined || value === null ? null : Buffer.from(value).toString()
}

function checkVerbatim(all: readonly Letter[], history: History, found: Findings): void {
  for (const { place, record, source, isPointer } of all) {
    if (source === null || isPointer) continue
    const original = originalOf(history, source)
    if (original === undefined) found.add(`the letter ${place} is of ${source}, which is not there`)
    else if (original !== null) compare(place, source, record, original, found)
  }
}

function compare(place: string, source: string, letter: LoggedRecord, original: LoggedRecord, found: Findings): void {
  const differs = (what: string): void => found.add(`the letter ${place} has another ${what} than the record ${source}`)
  if (!isVisible(original)) found.add(`the letter ${place} is of ${source}, which is ${original.fate}`)
  if (exact(letter.key) !== exact(original.key)) differs('key')
  if (exact(letter.value) !== exact(original.value)) differs('value')
  // Headers of ours don't come from outside; the record's own come first.
  const own = original.headers.filter(({ name }) => !name.startsWith('__millrace.'))
  if (headerText(letter.headers.slice(0, own.length)) !== headerText(own)) differs('headers')
}

function headerText(headers: LoggedRecord['headers']): string {
  return headers.map(({ name, value }) => `${name}=${exact(value)}`).join(' ')
}

/** Undefined: it is not there. Null: its log is not whole, so nobody knows. */
function originalOf(history: History, source: string): LoggedRecord | null | undefined {
  const at = source.lastIndexOf('@')
  const log = factsOf(history).logs.get(source.slice(0, at))
  const original = log?.records.find(({ offset }) => offset === Number(source.slice(at + 1)))
  return original === undefined && log?.isWhole === false ? null : original
}

function checkOnce(all: readonly Letter[], found: Findings): void {
  const seen = new Map<string, string>()
  for (const { place, source, record } of all) {
    if (source === null) continue
    // A record may fail in two branches, each on its own.
    const name = `${source} in ${headerOf(record, '__millrace.dlq.node')}`
    const before = seen.get(name)
    if (before !== undefined) found.add(`${source} has two letters, ${before} and ${place}`)
    seen.set(name, place)
  }
}

/** What was planted has come, where it was to come; and where poison is planted at all, nothing else has. */
function checkPlanted(history: History, found: Findings): void {
  const { app } = factsOf(history).graph
  const planted = history.written.filter(({ poisonFor, outcome }) => poisonFor !== undefined && outcome !== 'aborted')
  for (const [name, poison] of Map.groupBy(planted, ({ poisonFor }) => poisonFor!)) {
    const queue = topicNames.deadLetter(app, name)
    const logs = history.partitions.filter(({ topic }) => topic === queue)
    if (logs.some(({ isWhole }) => !isWhole)) continue
    const least = tallyOf(poison.filter(({ outcome }) => outcome === 'committed'))
    const present = tallyOf(logs.flatMap(visible))
    for (const { item, times } of present.lacks(least)) found.add(`${queue} lacks ${times} planted letters ${item}`)
    for (const { item, times } of tallyOf(poison).lacks(present))
      found.add(`${queue} has ${times} letters more than were planted of ${item}`)
  }
}

function tallyOf(records: readonly Pick<LoggedRecord, 'key' | 'value'>[]): Tally {
  return Tally.of(records.map(({ key, value }) => `${exact(key)} ${exact(value)}`))
}
