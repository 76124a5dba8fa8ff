/** Values of settings, from text: each parser knows the name of the flag or variable, for its error. */
import type { Duration } from '../clock.ts'
import { parseDuration } from '../duration.ts'
import { MillraceError } from '../faults.ts'

/**
 * The addresses in `host:port,host:port`.
 * @param origin the flag or variable that the text came from, for the error
 * @throws MillraceError `MR1003`
 */
export function parseBrokers(text: string, origin: string): string[] {
  const brokers = text.split(',').map((broker) => broker.trim())
  const wrong = brokers.find((broker) => !isAddress(broker))
  if (wrong === undefined) return brokers
  throw new MillraceError('fatal', {
    code: 'MR1003',
    what: `${origin} holds "${wrong}", which is not host:port`,
    fix: `Write ${origin} as host:port, several separated by commas: localhost:9092,localhost:9093`,
  })
}

function isAddress(broker: string): boolean {
  const port = Number(/^(?:\[[0-9a-fA-F:.]+\]|[^\s:/@]+):(\d{1,5})$/.exec(broker)?.[1] ?? 0)
  return port >= 1 && port <= 65_535
}

export function durationOf(text: string, name: string): Duration {
  const duration = parseDuration(text)
  if (duration !== null) return duration
  throw notValid(name, text, 'Write a duration with its unit: 100ms, 30s, 1h30m')
}

export function nameOf(text: string, name: string): string {
  if (isPlainName(text)) return text
  throw notValid(name, text, 'Use letters, digits, dot, underscore and dash, at most 100')
}

/** Whether a name may become part of a transactional id, a static member's id and a line of a log. */
export function isPlainName(text: string): boolean {
  return /^[a-zA-Z0-9._-]{1,100}$/.test(text)
}

export function oneOf<const T extends string>(allowed: readonly T[]): (text: string, name: string) => T {
  return (text, name) => {
    const found = allowed.find((value) => value === text)
    if (found !== undefined) return found
    throw notValid(name, text, `Use one of ${allowed.join(', ')}`)
  }
}

/** `off`, or a share in percent and the span that it is of. */
export function rateLimitOf(
  text: string,
  name: string,
): 'off' | { readonly share: number; readonly window?: Duration } {
  if (text === 'off') return text
  const [, percent, span] = /^(\d+(?:\.\d+)?)%(?:\/(\w+))?$/.exec(text) ?? []
  const window = span === undefined ? undefined : parseDuration(span)
  if (percent === undefined || Number(percent) > 100 || window === null)
    throw notValid(name, text, 'Write off, or a share and the span that it is of: 5%/1m')
  return { share: Number(percent) / 100, ...(window && { window }) }
}

function notValid(name: string, text: string, fix: string): MillraceError {
  return new MillraceError('fatal', { code: 'MR1003', what: `${name} cannot be "${text}"`, fix })
}
