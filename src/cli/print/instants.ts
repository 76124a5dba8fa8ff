/** Instants and spans as a person reads them. Total: what others wrote as a time may be none. */
import { formatDuration } from '../../duration.ts'

/** ISO 8601; null where it is no time that a calendar has. */
export function isoOf(milliseconds: number | null): string | null {
  const isTime = milliseconds !== null && Math.abs(milliseconds) <= 8.64e15
  return isTime ? new Date(milliseconds).toISOString() : null
}

/** To the second: `2026-11-21 08:00:01Z`. */
export function shortTime(milliseconds: number | null): string {
  return (
    isoOf(milliseconds)
      ?.replace('T', ' ')
      .replace(/\.\d+Z$/, 'Z') ?? '-'
  )
}

/** Its two largest units: `3d4h`. */
export function shortSpan(milliseconds: number): string {
  const whole = milliseconds < 1_000 ? milliseconds : Math.floor(milliseconds / 1_000) * 1_000
  const parts = formatDuration(Math.max(0, whole)).match(/\d+(?:ms|[dhms])/g) ?? []
  return parts.slice(0, 2).join('')
}
