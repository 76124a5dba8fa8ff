/** The strict way and the compiled one, side by side on the same bytes. */

import type { z } from 'zod'
import { findFault, json, type Serde } from '../../../src/index.ts'

export interface Outcome {
  /** With the order of keys, and -0 apart from 0. */
  readonly value?: unknown
  readonly keys?: string
  readonly refused?: string
}

export interface Pair {
  readonly strict: Serde<unknown>
  readonly compiled: Serde<unknown>
}

export const pairOf = (schema: z.ZodType): Pair => ({
  strict: json(schema, { mode: 'strict' }),
  compiled: json(schema),
})

/** `behind` follows the text in the same buffer, as the next record does. */
export function outcomeOf(serde: Serde<unknown>, text: Uint8Array | string, behind: Uint8Array | string = ''): Outcome {
  const bytes = Buffer.from(text)
  const around = Buffer.concat([Buffer.from('{"9'), bytes, Buffer.from(behind)])
  try {
    const value = serde.decode(around, 3, 3 + bytes.length)
    return { value, keys: JSON.stringify(value) }
  } catch (error) {
    return { refused: `${findFault(error)?.kind} ${(error as Error).message}` }
  }
}
