import type { Serde } from '../../serde/serde.ts'
import type { Expiry } from './expiry.ts'
import type { Scope } from './scope.ts'

/** What the states of one processor share. */
export interface StateSite {
  readonly scope: Scope
  readonly keySerde: Serde<unknown>
  readonly expiry: Expiry | null
  /** The operator's event time. */
  readonly now: () => number
}

/** A row expires when event time has come so far behind its last change (`semantics.md` 5). */
export function isExpired(time: number, ttl: number, now: number): boolean {
  return time + ttl <= now
}
