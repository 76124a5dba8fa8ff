/** What the bytes of a letter mean: by the serdes of the topology, or by their looks. */

import { toError } from '../../faults.ts'
import { decodeJson } from '../../serde/json-decode.ts'
import { findNotReady } from '../../serde/not-ready.ts'
import type { Serde } from '../../serde/serde.ts'
import { decodeUtf8 } from '../../serde/utf8.ts'
import { compile } from '../../topology/compile.ts'
import { type Graph, topicNames } from '../../topology/graph.ts'
import type { Topology } from '../../topology/topology.ts'
import type { DeadLetter } from '../letter.ts'

/** Key or value. */
export interface Decoded {
  /** `serde`: by the topology; `json`, `text`: by looks; `bytes`: neither, the value is null. */
  readonly as: 'null' | 'serde' | 'json' | 'text' | 'bytes'
  readonly value: unknown
  /** Why the serde could not read it: often why the letter is here. */
  readonly problem: string | null
}

/** What decoding needs of a letter: its bytes, and which serdes they were written by. */
export type Undecoded = Pick<DeadLetter, 'key' | 'value' | 'source' | 'pointer'>

/** @throws NotReady while a serde fetches a schema */
export type Decoder = (letter: Undecoded, part: 'key' | 'value') => Decoded

const nothing: Decoded = { as: 'null', value: null, problem: null }

/** With or without a byte order mark. What cannot be JSON is not tried: an error costs more than a look. */
const jsonStart = /^(?:\u00ef\u00bb\u00bf)?\s*[{["\-0-9tfn]/

/** JSON, else text, else bytes. Whole numbers that would be rounded become text. */
export function guess(bytes: Buffer | null): Decoded {
  if (bytes === null) return nothing
  if (!jsonStart.test(bytes.toString('latin1', 0, 16))) return guessText(bytes)
  try {
    return { as: 'json', value: decodeJson(bytes, 0, bytes.length, 'text'), problem: null }
  } catch {
    return guessText(bytes)
  }
}

function guessText(bytes: Buffer): Decoded {
  try {
    const value = decodeUtf8(bytes, 0, bytes.length)
    const isText = !value.includes('\0')
    return isText ? { as: 'text', value, problem: null } : { as: 'bytes', value: null, problem: null }
  } catch {
    return { as: 'bytes', value: null, problem: null }
  }
}

/** By looks. */
export const guessing: Decoder = (letter, part) => guess(letter[part])

/**
 * By the serdes of the topic that the letter's record was read from; by looks where the topology does not read it.
 * @example const decode = await decoderOf(orders); decode(letter, 'value').value
 */
export async function decoderOf(topology: Topology): Promise<Decoder> {
  const serdes = serdesByTopic(compile(topology))
  for (const [topic, pair] of serdes)
    for (const part of ['key', 'value'] as const) await pair[part].prepare?.({ topic, part, writes: false })
  return (letter, part) => {
    const bytes = letter[part]
    const serde = serdes.get(letter.source?.topic ?? '')?.[part]
    if (bytes === null || serde === undefined || letter.pointer !== null) return guess(bytes)
    try {
      return { as: 'serde', value: serde.decode(bytes, 0, bytes.length), problem: null }
    } catch (error) {
      if (findNotReady(error) !== undefined) throw error
      return { ...guess(bytes), problem: toError(error).message }
    }
  }
}

type Pair = { readonly [P in 'key' | 'value']: Serde<unknown> }

/** Key and value serdes of every topic that a graph reads. */
export function serdesByTopic({ app, inputs, subTopologies }: Graph): ReadonlyMap<string, Pair> {
  const serdes = new Map<string, Pair>(inputs.map(({ name, key, value }) => [name, { key, value }]))
  for (const { node } of subTopologies.flatMap(({ nodes }) => nodes)) {
    if (node.kind !== 'repartition') continue
    serdes.set(topicNames.repartition(app, node.name), { key: node.keySerde, value: node.valueSerde })
  }
  return serdes
}
