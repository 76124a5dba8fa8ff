/**
 * Time marks that cross a repartition topic (`semantics.md` 2.8): ordinary records without key and value, whose header
 * lists what each task of the writing thread promises: no later record of mine is older than this.
 */
import type { RecordHeader } from '../../record.ts'

const markHeader = '__millrace.mark'

/** `idle`: that task has never had a record and is left out of the minimum. `end`: the bounded run is through. */
export type Mark = number | 'idle' | 'end'

/** Marks by task; `runId` says which bounded run an `end` belongs to. */
export interface MarkMessage {
  readonly runId: string | null
  readonly marks: readonly (readonly [task: string, mark: Mark])[]
}

export function encodeMarks(message: MarkMessage): RecordHeader {
  return { name: markHeader, value: Buffer.from(JSON.stringify(message)) }
}

/** The marks of a record of a repartition topic, or null where it is an ordinary record. */
export function decodeMarks(headers: readonly RecordHeader[]): MarkMessage | null {
  const header = headers.findLast(({ name }) => name === markHeader)
  return header?.value ? (JSON.parse(Buffer.from(header.value).toString()) as MarkMessage) : null
}

/** Headers under our own prefix never come from outside: nobody forges a mark. */
export function stripOwnHeaders(headers: readonly RecordHeader[]): readonly RecordHeader[] {
  return headers.some(isOwn) ? headers.filter((header) => !isOwn(header)) : headers
}

function isOwn({ name }: RecordHeader): boolean {
  return name.startsWith('__millrace.')
}
