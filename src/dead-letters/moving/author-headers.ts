/** Takes from a dead letter's headers what we added when it was written: what is left is the record's author's. */
import type { RecordHeader } from '../../record.ts'
import { stripOwnHeaders } from '../../runtime/time/marks.ts'

const ours = '__millrace.dlq.'
const errors = '__streams.errors.'

/**
 * Ours stand last (`failures.md` 3.1): a run of `__millrace.dlq.*`, before it one `__streams.errors.*` of each name. An
 * application may read dead letters of another: what the first wrote is then the author's, and stays.
 * @example recordHeaders(letter.headers) // as the record was read from its source, without `__millrace.*`
 */
export function recordHeaders(headers: readonly RecordHeader[]): readonly RecordHeader[] {
  let end = headers.length
  while (end > 0 && headers[end - 1]!.name.startsWith(ours)) end--
  if (end === headers.length) return stripOwnHeaders(headers)
  const seen = new Set<string>()
  for (let name = headers[end - 1]?.name; name?.startsWith(errors) && !seen.has(name); name = headers[end - 1]?.name) {
    seen.add(name)
    end--
  }
  return stripOwnHeaders(headers.slice(0, end))
}
