/** Values of state are copied in and out: user code may change what it holds, and undo finds what was there before. */
import { reject } from '../../faults.ts'
import type { Serde } from '../../serde/serde.ts'

export class Copies {
  private readonly serde: Serde<unknown>
  /** Objects that the store holds alive; others it has decoded for this reader alone. */
  private readonly held = new WeakSet<object>()

  constructor(serde: Serde<unknown>) {
    this.serde = serde
  }

  /** @throws reject MR3002 for what can't be encoded, and for what would read as no state */
  in(value: unknown): unknown {
    if (value === undefined || (value === null && this.serde.nullable))
      throw reject(`State can't be ${value}: take it away instead`, { code: 'MR3002' })
    if (!isObject(value)) return value
    const copy = this.copy(value)
    if (isObject(copy)) this.held.add(copy)
    return copy
  }

  out(value: unknown): unknown {
    return isObject(value) && this.held.has(value) ? this.copy(value) : value
  }

  private copy(value: unknown): unknown {
    const encoded = this.serde.encode(value)
    const bytes = Buffer.from((encoded ?? '') as Uint8Array)
    return this.serde.decode(bytes, 0, bytes.length)
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
