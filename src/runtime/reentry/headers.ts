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
  if (texts.get('withdrawn') === 'true') reentry['withdrawn'] = true
  for (const name of numbers) reentry[name] = Number(texts.get(name) ?? Number.NaN)
  return reentry['topic'] === '' || numbers.some((name) => !Number.isFinite(reentry[name]))
    ? null
    : (reentry as unknown as Reentry)
}
