/**
 * What became of dead letters: rows of the compacted topic `<app>.dlq-marks`, written in the transaction that settled the
 * letter (`failures.md` 4). Rows of jobs lie beside them under keys that begin with `#`.
 */
import type { Kafka } from '../kafka/port.ts'
import { restore } from '../runtime/restore/restore.ts'
import { topicNames } from '../topology/graph.ts'
import type { LetterState, Place } from './letter.ts'

export type SettledState = Exclude<LetterState, 'open'>

/** Why a letter is settled, and by whom. */
export interface Mark {
  readonly state: SettledState
  /** Of a redrive; else the command's own name. */
  readonly job: string
  readonly who: string
  /** ISO time. */
  readonly at: string
}

/** `<queue topic>/<partition>/<offset>`: topics can't have a slash in their names. */
export function markKey({ topic, partition, offset }: Place): string {
  return `${topic}/${partition}/${offset}`
}

/** The letter that a key stands for; null for a key of something else. */
export function placeOfKey(key: string): Place | null {
  const [topic = '', partition = '', offset = '', more] = key.split('/')
  if (more !== undefined || topic.startsWith('#') || !/^\d{1,10}$/.test(partition) || !/^\d{1,16}$/.test(offset))
    return null
  return { topic, partition: Number(partition), offset: Number(offset) }
}

const states: readonly string[] = ['redriven', 'edited', 'discarded'] satisfies SettledState[]

/** Total: null for what is no mark. */
export function markOf(value: string): Mark | null {
  try {
    const mark = JSON.parse(value) as Partial<Mark> | null
    if (typeof mark?.state !== 'string' || !states.includes(mark.state)) return null
    const { state, job = '', who = '', at = '' } = mark
    return { state, job, who, at }
  } catch {
    return null
  }
}

/**
 * Shows every mark of an app, of all its queues; null = the mark is gone again. Nothing where the topic does not exist.
 * @example await eachMark(kafka, 'orders', ({ topic, offset }, mark) => console.log(topic, offset, mark?.state))
 */
export async function eachMark(
  kafka: Kafka,
  app: string,
  visit: (place: Place, mark: Mark | null) => void,
): Promise<void> {
  await eachRow(kafka, app, 'stable', (key, value) => {
    const place = placeOfKey(key)
    if (place !== null) visit(place, value === null ? null : markOf(value))
  })
}

/**
 * Every row of the marks topic, also those of jobs, in the order of the log.
 * @param until `stable`: who only looks does not wait for a transaction that is open; `end`: who writes next does
 */
export async function eachRow(
  kafka: Kafka,
  app: string,
  until: 'stable' | 'end',
  apply: (key: string, value: string | null) => void,
): Promise<void> {
  const topic = topicNames.marks(app)
  const [info] = await kafka.topics.describe([topic])
  if (!info?.exists) return
  const partition = { topic, partition: 0 }
  const [last] = await kafka.offsets([partition], until)
  const row = (key: Buffer | null, value: Buffer | null): void => {
    if (key !== null) apply(key.toString(), value === null ? null : value.toString())
  }
  await restore(kafka, [{ partition, apply: row, until: last!.offset }], () => false)
}
