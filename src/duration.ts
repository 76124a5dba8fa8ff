/** Durations as text, the way configuration and the command line spell them. */
import type { Duration } from './clock.ts'

const unitNames = { d: 'days', h: 'hours', m: 'minutes', s: 'seconds', ms: 'milliseconds' } as const satisfies Record<
  string,
  keyof Duration
>

/**
 * The duration in a text such as `500ms`, `30s`, `1h30m` or `7d`; null where the text is anything else. A number
 * without a unit is refused: nobody knows what it means.
 * @example parseDuration('1h30m') // { hours: 1, minutes: 30 }
 */
export function parseDuration(text: string): Duration | null {
  const parts = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/.exec(text.trim())
  if (parts === null || text.trim() === '') return null
  const entries = Object.values(unitNames).map((unit, index) => [unit, parts[index + 1]] as const)
  return Object.fromEntries(entries.filter(([, amount]) => amount !== undefined).map(([unit, n]) => [unit, Number(n)]))
}

const millisecondsPer = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const

/**
 * Milliseconds in the same spelling, as short as it gets.
 * @example formatDuration(5_400_000) // '1h30m'
 */
export function formatDuration(milliseconds: number): string {
  let left = Math.round(milliseconds)
  let text = ''
  for (const [unit, size] of Object.entries(millisecondsPer)) {
    const amount = Math.floor(left / size)
    if (amount > 0) text += `${amount}${unit}`
    left -= amount * size
  }
  return text === '' ? '0s' : text
}
