/** Flag values, checked where they are read. */
import { InvalidArgumentError } from 'commander'
import { type Duration, toMilliseconds } from '../clock.ts'
import { parseDuration } from '../duration.ts'
import { isPlainName, parseBrokers } from '../environment/values.ts'

/** A parser of whole numbers in [low, high]. */
export function wholeNumber(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= low && value <= high) return value
    throw new InvalidArgumentError(`Give a whole number from ${low} to ${high}.`)
  }
}

/** `host:port,host:port` */
export function brokerList(text: string): string[] {
  return parseBrokers(text, '--brokers')
}

/** Where a bounded run ends: `end`, or an instant such as `2013-12-31T00:00:00Z`. */
export function boundOf(text: string): 'end' | { readonly time: number } {
  if (text === 'end') return 'end'
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(time)) return { time }
  throw new InvalidArgumentError('Give "end" or an instant such as 2013-12-31T00:00:00Z.')
}

/** A span of time such as `30s`. */
export function spanOf(text: string): Duration {
  const span = parseDuration(text)
  if (span !== null && toMilliseconds(span) > 0) return span
  throw new InvalidArgumentError('Give a span of time such as 30s or 1m.')
}

/** A name that may become part of a transactional id and a client id. */
export function plainName(text: string): string {
  if (isPlainName(text)) return text
  throw new InvalidArgumentError('Use letters, digits, dot, underscore and dash.')
}

/** Gathers `key=value`, given once or more. */
export function keyValues(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const [, key, value] = /^([^=\s]+)=(.*)$/.exec(text) ?? []
  if (key === undefined || value === undefined)
    throw new InvalidArgumentError('Give key=value, such as retention.ms=-1.')
  return { ...before, [key]: value }
}
