/** Values of the configuration, checked one by one. */
import { MillraceError } from '../../faults.ts'

/** @throws MillraceError MR1004 for a key that is in neither list; `refused` says why for those known but not honoured */
export function refuseUnknown(
  config: object,
  known: readonly string[],
  prefix: string,
  refused: Readonly<Record<string, string>> = {},
): void {
  for (const [name, value] of Object.entries(config)) {
    if (known.includes(name)) continue
    const why = refused[name]
    if (why !== undefined && value === undefined) continue
    const isKnown = why !== undefined
    throw new MillraceError('fatal', {
      code: 'MR1004',
      what: `The Kafka client does not ${isKnown ? 'honour' : 'know'} the setting "${prefix}${name}"`,
      ...(isKnown ? { why } : {}),
      fix: `Remove it; known are ${known.map((word) => prefix + word).join(', ')}`,
    })
  }
}

/** A number of at least `lowest`. @throws MillraceError MR1003 */
export function number(name: string, value: number | undefined, fallback: number, lowest = 0): number {
  if (value === undefined) return fallback
  if (Number.isFinite(value) && value >= lowest) return value
  throw invalid(name, `must be a number of at least ${lowest}, not ${value}`)
}

/** The error for a value that makes no sense. */
export function invalid(name: string, why: string, fix?: string): MillraceError {
  return new MillraceError('fatal', { code: 'MR1003', what: `"${name}" ${why}`, ...(fix === undefined ? {} : { fix }) })
}
