/**
 * What a record that is tried again from a topic of ours says of itself. Only we write these topics, and what users'
 * records say under these names is stripped: here they can be believed.
 */
import type { RecordHeader } from '../../record.ts'

const prefix = '__millrace.reentry.'

/** Beside key, value and the headers of its author. The record's Kafka timestamp is its own, not that of the copy. */
export interface Reentry {
  /** Where the sub-topology first read it. */
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly timestampType: string
  /** Failed attempts so far, over all owners. */
  readonly attempts: number
  /** Wall time of the first of them, milliseconds. */
  readonly firstFailedAt: number
  /** Retry topics that it has been through since it was last read from its source or redriven. */
  readonly hops: number
  /** The same by their names, such as `prices=2,answers=1`; absent: none. */
  readonly through?: string
  /** Wall time before which it is not taken, milliseconds; 0: at once. */
  readonly dueAt: number
  /** How often it was redriven. */
  readonly redriveCount: number
  /** The redrive that brought it; empty: none. */
  readonly job: string
  /** True: it is not worked any more, and whoever waits behind it need not. */
  readonly withdrawn?: boolean
}

const numbers = ['partition', 'offset', 'attempts', 'firstFailedAt', 'hops', 'dueAt', 'redriveCount'] as const

/** Headers in a fixed order, to be put behind the record's own. */
export function reentryHeaders(reentry: Reentry): RecordHeader[] {
  return Object.entries(reentry).map(([name, value]) => ({ name: prefix + name, value: Buffer.from(String(value)) }))
}

/** What the headers of a record say; null where they say nothing, or something else. Of repeated names the last wins. */
export function reentryOf(headers: readonly RecordHeader[]): Reentry | null {
  const texts = new Map<string, string>()
  for (const { name, value } of headers)
    if (name.startsWith(prefix) && value !== null) texts.set(name.slice(prefix.length), Buffer.from(value).toString())
  const reentry: Record<string, string | number | boolean> = {
    topic: texts.get('topic') ?? '',
    timestampType: texts.get('timestampType') ?? 'CreateTime',
    job: texts.get('job') ?? '',
  }
  const through = texts.get('through')
  if (through !== undefined) reentry['through'] = through
  if (texts.get('withdrawn') === 'true') reentry['withdrawn'] = true
  for (const name of numbers) reentry[name] = Number(texts.get(name) ?? Number.NaN)
  return reentry['topic'] === '' || numbers.some((name) => !Number.isFinite(reentry[name]))
    ? null
    : (reentry as unknown as Reentry)
}

/**
 * How often a record has been through the retry topics of one name: steps that fail one after another count for themselves.
 * @example hopsThrough('prices=2,answers=1', 'answers') // 1
 */
export function hopsThrough(through: string | undefined, name: string): number {
  return hopsByName(through).get(name) ?? 0
}

/** @example oneMoreThrough('prices=2', 'answers') // 'prices=2,answers=1' */
export function oneMoreThrough(through: string | undefined, name: string): string {
  const hops = hopsByName(through).set(name, hopsThrough(through, name) + 1)
  return [...hops].map(([each, count]) => `${each}=${count}`).join(',')
}

function hopsByName(through = ''): Map<string, number> {
  const pairs = through.split(',').map((pair) => pair.split('='))
  return new Map(pairs.flatMap(([name, count]) => (name && Number(count) > 0 ? [[name, Number(count)]] : [])))
}
