/** Whose state user code sees: the key in hand while its handler runs. */
import { MillraceError } from '../../faults.ts'
import type { Serde } from '../../serde/serde.ts'

export class Scope {
  /** When what is written now changes: event time, not negative. */
  time = 0
  private keyInHand: unknown = null
  private encoded: Buffer | null = null
  private isOpen = false
  private readonly name: string
  private readonly serde: Serde<unknown>

  constructor(name: string, serde: Serde<unknown>) {
    this.name = name
    this.serde = serde
  }

  open(key: unknown, time: number): void {
    this.keyInHand = key
    this.encoded = null
    this.time = Math.max(0, time)
    this.isOpen = true
  }

  close(): void {
    this.isOpen = false
    this.keyInHand = null
    this.encoded = null
  }

  /** @throws MillraceError MR4101 when no handler runs */
  get key(): unknown {
    if (this.isOpen) return this.keyInHand
    throw new MillraceError('reject', {
      code: 'MR4101',
      what: `State or timers of ${this.name} were used where no key is in hand`,
      why: 'they belong to the key of the record whose handler runs, and only while it runs',
      fix: 'use them before the handler returns; in a periodic call say forEachKey',
    })
  }

  /** The bytes of the key. */
  get bytes(): Buffer {
    this.encoded ??= encodedBytes(this.serde, this.key)
    return this.encoded
  }
}

/** What a serde writes, as bytes of their own. @throws what the serde throws */
export function encodedBytes(serde: Serde<unknown>, value: unknown): Buffer {
  return Buffer.from((serde.encode(value) ?? '') as Uint8Array)
}
