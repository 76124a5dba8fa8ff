/** What operators do with values; the Java driver has the same in Values.java. */
import { markOf } from '../case.ts'

export function falls(value: string | null, modulus: number, remainder: number): boolean {
  return value !== null && markOf(value) % modulus === remainder
}

export function groupOf(value: string | null, modulus: number): string {
  return `g${value === null ? 0 : markOf(value) % modulus}`
}

export function append(sum: string, value: string | null): string {
  return `${sum}+${value ?? '~'}`
}

export function takeBack(sum: string, value: string): string {
  return `${sum}-${value}`
}

/** One session out of two; "0" is the sum of nothing. */
export function unite(one: string, other: string): string {
  if (one === '0') return other
  return other === '0' ? one : `${one}&${other}`
}

export function pair(left: string | null | undefined, right: string | null | undefined): string {
  return `${left ?? '∅'}~${right ?? '∅'}`
}

export function foreignKeyOf(value: string): string | null {
  const bar = value.indexOf('|')
  return bar < 0 ? null : value.slice(bar + 1)
}

/** A windowed key as outputs have it. */
export function writtenKey(key: string, window: { readonly start: Date; readonly end: Date }): string {
  return `${key}@${window.start.getTime()}..${window.end.getTime()}`
}
