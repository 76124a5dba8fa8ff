/** How the verbs that write print what they did. */
import { safeJson } from '../print/safe-json.ts'
import { safeLine } from '../print/untrusted.ts'
import { schemaVersion } from '../store/print.ts'

/** One line on stdout, the last. */
export function printJson(value: object): void {
  console.log(safeJson({ schemaVersion, ...value }))
}

/** Lines of a name and what it is, aligned. */
export function printFields(fields: Readonly<Record<string, string | number | null>>): void {
  const width = Math.max(...Object.keys(fields).map(({ length }) => length))
  for (const [name, value] of Object.entries(fields)) {
    if (value !== null) console.log(safeLine(`${name.padEnd(width)}  ${value}`))
  }
}

/** On stderr, below what was counted. */
export function sayNothingWritten(): void {
  console.error('Nothing was written. Add --yes to do it.')
}
