/** A row that no single record caused, as its dead letter shows it. */
import { json } from '../../serde/json.ts'
import type { Serde } from '../../serde/serde.ts'

/** What nodes are told about the serdes of their results; results without a serde are shown as JSON. */
interface Serdes {
  readonly keySerde?: Serde<unknown>
  readonly sumSerde?: Serde<unknown>
  /** Of rows that come out before a handler made a result of them. */
  readonly rowSerde?: Serde<unknown>
}

const asJson = json<unknown>()

export function bytesOfRow(
  node: object,
  key: unknown,
  value: unknown,
): { readonly key: Uint8Array | null; readonly value: Uint8Array | null } {
  const { keySerde = asJson, sumSerde = asJson, rowSerde = sumSerde }: Serdes = node as Serdes
  return { key: bytesOf(keySerde, key), value: bytesOf(rowSerde, value) }
}

/** Null is a deletion, or no key. */
function bytesOf(serde: Serde<unknown>, part: unknown): Uint8Array | null {
  if (part === null || part === undefined) return null
  const encoded = serde.encode(part)
  return typeof encoded === 'string' ? Buffer.from(encoded) : encoded
}
