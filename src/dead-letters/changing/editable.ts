/** A letter's value as text that a person can change, and back. The topology's serde has the last word. */
import { MillraceError, toError } from '../../faults.ts'
import type { Kafka } from '../../kafka/port.ts'
import { prepareSerdes } from '../../runtime/prepare/prepare-serdes.ts'
import type { Serde } from '../../serde/serde.ts'
import { decodeUtf8 } from '../../serde/utf8.ts'
import { compile } from '../../topology/compile.ts'
import type { Topology } from '../../topology/topology.ts'
import type { Place } from '../letter.ts'
import { serdesByTopic } from '../reading/decode.ts'
import { reportOf } from '../reading/headers.ts'
import { whenReady } from '../reading/when-ready.ts'
import { requireLetter } from './edit.ts'

export interface Editable {
  /** Null where neither the bytes nor what the serde makes of them is text. */
  readonly text: string | null
  /** `json`: what the serde made of bytes that are no text themselves. */
  readonly form: 'text' | 'json' | 'bytes'
  /**
   * The bytes of the changed text; bytes are taken as they are where the form is not `json`.
   * @throws MillraceError MR4415 when the topology can't read it
   */
  read(changed: Uint8Array): Promise<Uint8Array>
}

/**
 * @param topology that reads the letter's source; without it nobody checks the value
 * @example const { text, read } = await editable(kafka, { topic: 'orders.dlq.unscored', partition: 0, offset: 17 }, orders)
 * @throws MillraceError MR4415 when there is no such letter
 */
export async function editable(kafka: Kafka, place: Place, topology?: Topology): Promise<Editable> {
  const letter = await requireLetter(kafka, place)
  const serde = topology === undefined ? undefined : await serdeOf(topology, reportOf(letter.headers).source)
  const bytes = letter.value ?? Buffer.alloc(0)
  const text = textOf(bytes)
  const check = async (changed: Uint8Array): Promise<Uint8Array> => {
    if (serde !== undefined) await requireReadable(serde, changed, place)
    return changed
  }
  if (text !== null) return { text, form: 'text', read: check }
  const decoded = serde === undefined ? undefined : await decodedBy(serde, bytes)
  if (serde === undefined || decoded === undefined) return { text: null, form: 'bytes', read: check }
  return {
    text: JSON.stringify(decoded, (_name, part: unknown) => (typeof part === 'bigint' ? String(part) : part), 2),
    form: 'json',
    read: async (changed) => check(encodedBy(serde, changed, place)),
  }
}

async function serdeOf(topology: Topology, source: Place | null): Promise<Serde<unknown> | undefined> {
  const graph = compile(topology)
  await prepareSerdes(graph)
  return source === null ? undefined : serdesByTopic(graph).get(source.topic)?.value
}

function textOf(bytes: Buffer): string | null {
  try {
    const text = decodeUtf8(bytes, 0, bytes.length)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: an editor would not give them back
    return /[\u0000-\u0008\u000e-\u001f]/.test(text) ? null : text
  } catch {
    return null
  }
}

/** Undefined where it can't: that may be why the letter is here. */
async function decodedBy(serde: Serde<unknown>, bytes: Buffer): Promise<unknown> {
  try {
    return await whenReady(() => serde.decode(bytes, 0, bytes.length))
  } catch {
    return undefined
  }
}

function encodedBy(serde: Serde<unknown>, changed: Uint8Array, place: Place): Uint8Array {
  try {
    const bytes = serde.encode(JSON.parse(Buffer.from(changed).toString()))
    if (bytes === null) throw new TypeError('it is null')
    return typeof bytes === 'string' ? Buffer.from(bytes) : bytes
  } catch (error) {
    throw refused(error, serde, place)
  }
}

async function requireReadable(serde: Serde<unknown>, changed: Uint8Array, place: Place): Promise<void> {
  const bytes = Buffer.from(changed)
  try {
    await whenReady(() => serde.decode(bytes, 0, bytes.length))
  } catch (error) {
    throw refused(error, serde, place)
  }
}

function refused(error: unknown, serde: Serde<unknown>, { topic, partition, offset }: Place): MillraceError {
  return new MillraceError(
    'fatal',
    {
      code: 'MR4415',
      what: 'The topology cannot read the edited value',
      where: `queue ${topic}, partition ${partition}, offset ${offset}`,
      why: `${serde.name}: ${toError(error).message}`,
      fix: 'Correct the value; nothing was written',
    },
    { cause: error },
  )
}
