/** Values of rows, decoded by the store's serdes. */
import { RowCodec } from '../../state/row-codec.ts'
import { isDeletedRow, timeOfRow } from '../../state/row-format.ts'
import type { NodeStore } from '../../topology/nodes.ts'

/** What a sum shows of itself. */
export type Show = (value: unknown) => unknown

export const asItIs: Show = (value) => value

export interface Values {
  key(bytes: Buffer): unknown
  /** Undefined for a row that only remembers a deletion. */
  value(row: Buffer): unknown
  time(row: Buffer): number
}

export function valuesOf({ name, key, value }: NodeStore, show: Show = asItIs): Values {
  const codec = new RowCodec(name, value)
  return {
    key: (bytes) => key.decode(bytes, 0, bytes.length),
    value: (row) => (isDeletedRow(row) ? undefined : show(codec.value(row))),
    time: timeOfRow,
  }
}
