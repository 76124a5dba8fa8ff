/** Where a record can fail, each as a topology in which exactly that happens to the record it is given. */
import { createHash } from 'node:crypto'
import { bytes, deadLetter, from, nullable, reject, text, topic, topology, tumbling } from '../../src/index.ts'
import type { Serde } from '../../src/serde/serde.ts'
import { drive, type Flow } from '../../src/testing/index.ts'

/** What became of a record, and the value it was read as. */
export interface Outcome {
  readonly got: string
  readonly value?: unknown
}

/** A record that is given to a driven topology. */
export interface Given {
  readonly serde: Serde<unknown>
  readonly content: Buffer | null
}

const noon = Date.UTC(2026, 0, 1, 12)
const hour = 3_600_000
/** Nothing takes more: it is beyond Kafka's default for a topic. */
const tooMuch = Buffer.alloc(1_100_000, 'x')
const raw = nullable(bytes)
const input = topic('in', { key: text, value: raw })
const output = topic('out', { key: text, value: raw })
const texts = topic('texts', { key: text, value: text })

/** Read by a serde, written by the same. */
export function deserialize({ serde, content }: Given): Outcome {
  const typed = topic('in', { key: text, value: serde })
  const copies = topic('out', { key: text, value: raw })
  let value: unknown
  const seen = (read: unknown): unknown => {
    value = read
    return read
  }
  const flow = drive(
    topology(
      'corpus',
      from(typed)
        .map(seen)
        .to(topic('out', { key: text, value: serde })),
    ),
  )
  put(flow, content)
  const [record] = flow.take(copies)
  return record === undefined ? { got: letterOf(flow, content) } : { got: 'ok', value }
}

/** The same bytes as the key of a record. */
export function deserializeKey({ serde, content }: Given): Outcome {
  const typed = topic('in', { key: serde, value: text })
  let value: unknown
  const seen = (_: string, { key }: { readonly key: unknown }): string => {
    value = key
    return ''
  }
  const flow = drive(
    topology(
      'corpus',
      from(typed)
        .map(seen)
        .to(topic('out', { key: serde, value: text })),
    ),
  )
  flow.putBytes(input, Buffer.from('v'), { key: content, time: noon })
  const [record] = flow.take(topic('out', { key: raw, value: text }))
  return record === undefined ? { got: letterOf(flow, Buffer.from('v'), content) } : { got: 'ok', value }
}

/** Stages that any bytes can fail in; by what the table of results calls them. */
export const failing: Readonly<Record<string, (content: Buffer | null) => Promise<string>>> = {
  process: thrown(() => new Error('no')),
  'process, rejects': thrown(() => reject('no')),
  'process, throws null': thrown(() => null),
  'process, throws text': thrown(() => 'no'),
  serialize: failsIn(() =>
    from(input)
      .map(() => 1 as unknown as string)
      .to(texts),
  ),
  produce: failsIn(() =>
    from(input)
      .map((): Uint8Array | null => tooMuch)
      .to(output),
  ),
  late,
  timeout,
}

function thrown(what: () => unknown): (content: Buffer | null) => Promise<string> {
  const fail = (): Uint8Array | null => {
    throw what()
  }
  return failsIn(() => from(input).map(fail).to(output))
}

function failsIn(stream: () => Parameters<typeof topology>[1]): (content: Buffer | null) => Promise<string> {
  return async (content) => {
    const flow = drive(topology('corpus', stream()))
    put(flow, content)
    return letterOf(flow, content)
  }
}

async function late(content: Buffer | null): Promise<string> {
  const counts = from(input)
    .window(tumbling({ minutes: 1 }))
    .count('counts')
  const behind = topic('late', { key: text, value: raw })
  const flow = drive(topology('corpus', counts.map(String).to(texts), counts.late.map(({ value }) => value).to(behind)))
  flow.putBytes(input, Buffer.from('first'), { key: Buffer.from('k'), time: noon + hour })
  put(flow, content)
  const [record] = flow.take(behind)
  if (record === undefined) return letterOf(flow, content)
  return isSame(record.value, content) ? 'late' : 'late with other bytes'
}

async function timeout(content: Buffer | null): Promise<string> {
  const never = (): Promise<Uint8Array | null> => new Promise(() => undefined)
  const options = { timeout: { seconds: 2 }, onFailure: [deadLetter('in')] } as const
  const flow = drive(topology('corpus', from(input).mapAsync('never', never, options).to(output)), { now: noon })
  put(flow, content)
  flow.advance({ seconds: 2 })
  await flow.settle()
  return letterOf(flow, content)
}

function put(flow: Flow, content: Buffer | null): void {
  flow.putBytes(input, content, { key: Buffer.from('k'), time: noon })
}

/** The one dead letter: what it says, and whether it is the record itself or points to it. */
export function letterOf(flow: Flow, content: Buffer | null, key: Buffer | null = Buffer.from('k')): string {
  const letters = flow.deadLetters('in')
  const [letter] = letters
  if (letter === undefined) return 'nothing'
  const { headers, value } = letter
  const stage = headers['__millrace.dlq.stage']
  if (letters.length > 1) return `${letters.length} letters`
  if (headers['__millrace.dlq.pointer'] === undefined)
    return isSame(value, content) && isSame(letter.key, key) ? `DL(${stage})` : `DL(${stage}) with other bytes`
  const hash = createHash('sha256')
    .update(content ?? '')
    .digest('hex')
  return headers['__millrace.dlq.pointer.sha256'] === hash ? `ptr(${stage})` : `ptr(${stage}) to something else`
}

function isSame(one: Uint8Array | null, other: Uint8Array | null): boolean {
  return one === null || other === null ? one === other : Buffer.compare(one, other) === 0
}
