/** What a redrive does with each letter, and in which order. Pure. */
import type { TopicPartition } from '../../record.ts'
import type { DeadLetter, LetterReport, Place } from '../letter.ts'
import type { QueueTargets } from './targets.ts'

/** Why a selected letter is not moved. */
export type PassedOverReason =
  /** Its headers name a place that the queue's letters can't come from. */
  | 'suspicious'
  /** It was redriven too often. */
  | 'redrive-cap'
  /** It holds a row that time made come out of a window: there is no record that could be worked again. */
  | 'no-record'
  /** A pointer whose record is gone from its source, or is another by now. */
  | 'gone'
  /** The target does not take it: it is too large for that topic. */
  | 'refused'

export interface PassedOver {
  readonly partition: number
  readonly offset: number
  readonly reason: PassedOverReason
  readonly note: string
}

export type Disposition =
  | { readonly kind: 'move'; readonly source: Place; readonly target: TopicPartition }
  | { readonly kind: 'pass-over'; readonly reason: PassedOverReason; readonly note: string }

/** The target comes from the topology; the header only says which of the queue's own sources it was. */
export function dispositionOf(letter: LetterReport, targets: QueueTargets, maxRedrives: number): Disposition {
  const { source } = letter
  if (letter.family === 'millrace' && source !== null && source.offset < 0) {
    return passOver('no-record', 'a row of a closed window')
  }
  if (source === null || source.topic === '') return passOver('suspicious', 'nothing says where it was read')
  const own = targets.sources.get(source.topic)
  if (own === undefined) return passOver('suspicious', `its headers name ${source.topic}, no source of this queue`)
  if (!isPlaceIn(source, own.partitions)) {
    return passOver('suspicious', `${source.topic} has no partition ${source.partition} with offset ${source.offset}`)
  }
  if (targets.to === null && source.partition >= own.redrivePartitions) {
    return passOver(
      'refused',
      `${own.redrive} has no partition ${source.partition} yet: start a worker, which makes it`,
    )
  }
  if (letter.redriveCount >= maxRedrives) return passOver('redrive-cap', `redriven ${letter.redriveCount} times`)
  return { kind: 'move', source, target: targetOf(source, own.redrive, targets) }
}

function isPlaceIn({ partition, offset }: Place, partitions: number): boolean {
  return [partition, offset].every((each) => Number.isSafeInteger(each) && each >= 0) && partition < partitions
}

function targetOf({ partition }: Place, redrive: string, { to }: QueueTargets): TopicPartition {
  return to === null ? { topic: redrive, partition } : { topic: to.topic, partition: partition % to.partitions }
}

function passOver(reason: PassedOverReason, note: string): Disposition {
  return { kind: 'pass-over', reason, note }
}

/** A letter that is to be moved, as little of it as its order needs. */
export interface PlannedLetter {
  readonly offset: number
  /** Letters of one line keep the order in which they were first read; null: as they lie. */
  readonly line: string | null
  /** First read there. */
  readonly sourceOffset: number
  /** Key, value and headers. */
  readonly bytes: number
}

/** Parked letters of one key stand in one line, wherever they lie in the queue. */
export function plannedOf(letter: DeadLetter, source: Place, isPark: boolean): PlannedLetter {
  const isParked = (isPark || letter.parkedBehind !== null) && letter.key !== null
  const line = isParked ? `${source.topic}/${source.partition}/${letter.key?.toString('latin1')}` : null
  return { offset: letter.offset, line, sourceOffset: source.offset, bytes: bytesOf(letter) }
}

/** Of a pointer, those of its record. */
function bytesOf({ key, value, headers, pointer }: DeadLetter): number {
  const own = headers.reduce((sum, header) => sum + header.name.length + (header.value?.length ?? 0), 0)
  return own + (key?.length ?? 0) + (pointer?.length ?? value?.length ?? 0)
}

/**
 * The first letters, as many as go together: a transaction holds all of them in memory, and a large one takes long.
 * @returns one at least
 */
export function togetherOf(
  letters: readonly PlannedLetter[],
  at: number,
  { count, bytes }: { readonly count: number; readonly bytes: number },
): PlannedLetter[] {
  let [end, sum] = [at, 0]
  while (end < letters.length && end - at < count && (end === at || sum + letters[end]!.bytes <= bytes)) {
    sum += letters[end]!.bytes
    end++
  }
  return letters.slice(at, end)
}

/**
 * The order of the move: as the letters lie, but each line is sorted among the places that it has. Two letters of one
 * source record (an edited copy and what became of another) stay as they lie.
 */
export function inOrder(letters: readonly PlannedLetter[]): readonly PlannedLetter[] {
  if (letters.every(({ line }) => line === null)) return letters
  const lines = Map.groupBy(
    letters.filter(({ line }) => line !== null),
    ({ line }) => line,
  )
  for (const line of lines.values())
    line.sort((one, other) => one.sourceOffset - other.sourceOffset || one.offset - other.offset)
  const next = new Map([...lines].map(([name, line]) => [name, line.values()]))
  return letters.map((letter) => (letter.line === null ? letter : next.get(letter.line)!.next().value!))
}

/** Whether a letter that came while the job ran is one: it waited behind another, and was not redriven before. */
export function isNewcomer(letter: Pick<LetterReport, 'parkedBehind' | 'redriveCount'>): boolean {
  return letter.parkedBehind !== null && letter.redriveCount === 0
}
