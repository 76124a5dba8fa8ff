/** A client that asks and does not read: what it is to be told must not fill the memory. */
import { Duplex } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import { Broker } from '../../src/broker/broker.ts'
import { Connection } from '../../src/broker/network/connection.ts'
import { settingsOf } from '../../src/broker/options.ts'
import { Fetch } from '../../src/wire/apis/index.ts'
import { readBatches } from '../../src/wire/batch.ts'
import { encodeRequest } from '../../src/wire/codec.ts'
import { batchOf } from './wire-client.ts'

const questions = 100

let broker: Broker | null = null
afterEach(() => broker?.close())

/** A connection whose other end takes what is written when the test lets it. */
class HeldWire extends Duplex {
  #take: (() => void) | null = null

  override _read(): void {}

  override _write(_: Buffer, __: BufferEncoding, done: () => void): void {
    this.#take = done
  }

  override _writev(_: unknown, done: () => void): void {
    this.#take = done
  }

  /** Takes what was written last; false when nothing was. */
  takeOne(): boolean {
    const take = this.#take
    this.#take = null
    take?.()
    return take !== null
  }
}

function fetching(): Buffer {
  const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1_000_000 }]
  const header = { correlationId: 1, clientId: 'slow' }
  const body = {
    maxWaitMs: 0,
    minBytes: 0,
    maxBytes: 1_000_000,
    isolationLevel: 0,
    topics: [{ topic: 't', partitions }],
  }
  return encodeRequest(Fetch, 11, header, body)
}

test('who does not read its answers is not answered any further, and later gets all', async () => {
  broker = new Broker(settingsOf({}))
  let answered = 0
  broker.observers.add(() => answered++)
  const [batch] = readBatches(batchOf(['x'.repeat(100_000)]))
  broker.topics.create('t', 1).partitions[0]!.append(batch!, -1)
  const wire = new HeldWire()
  const connection = new Connection(wire, broker, 1)
  wire.push(Buffer.concat(Array.from({ length: questions }, fetching)))
  await new Promise(setImmediate)
  expect(answered).toBe(1)
  expect(wire.writableLength).toBeLessThan(200_000)
  while (wire.takeOne()) await new Promise(setImmediate)
  expect(answered).toBe(questions)
  connection.close()
})
