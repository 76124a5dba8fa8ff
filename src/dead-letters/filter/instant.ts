/** Instants as the command line spells them: ISO 8601, or so long before now. */
import { toMilliseconds } from '../../clock.ts'
import { parseDuration } from '../../duration.ts'

/**
 * Milliseconds since 1970; null for what is neither.
 * @example parseInstant('-2h', now) // now - 7,200,000
 * @example parseInstant('2026-11-21T08:00:00Z', now)
 */
export function parseInstant(text: string, now: number): number | null {
  const ago = text.startsWith('-') ? parseDuration(text.slice(1)) : null
  if (ago !== null) return now - toMilliseconds(ago)
  const time = /^\d{4}-\d\d-\d\d/.test(text) && text.length <= 40 ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? null : time
}
