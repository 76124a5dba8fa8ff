import { describe, expect, it } from 'vitest'
import { findFault, reject } from '../../../src/faults.ts'
import type { Appended, Transactions } from '../../../src/kafka/port.ts'
import { KafkaError } from '../../../src/kafka/port.ts'
import { Outputs, type OutputTopic } from '../../../src/runtime/commit/emit.ts'
import { TimeGate } from '../../../src/runtime/commit/time-limits.ts'
import type { Serde } from '../../../src/serde/serde.ts'
import { UndoLog } from '../../../src/state/undo.ts'
import { type BatchBuilder, readBatches } from '../../../src/wire/batch.ts'

interface Sent {
  readonly bytes: Buffer
  readonly count: number
  readonly sizeInBytes: number
  refuse(error: unknown): void
}

/** Keeps what is sent, unanswered until it is refused or the test ends. */
function outputsTo(topic: OutputTopic): {
  outputs: Outputs
  sent: Sent[]
} {
  const sent: Sent[] = []
  const append = (_place: unknown, batch: BatchBuilder): Promise<Appended> => {
    const { count, sizeInBytes } = batch
    const bytes = batch.build({})
    return new Promise((_resolve, refuse) => sent.push({ bytes, count, sizeInBytes, refuse }))
  }
  const transactions = { append } as unknown as Transactions
  return { outputs: new Outputs(transactions, new Map([['out', topic]])), sent }
}

const thousand = 'x'.repeat(1_000)

describe('the batches of an output', () => {
  it('never outgrow what the topic takes, however much one record writes', () => {
    const { outputs, sent } = outputsTo({ partitions: 1, maxMessageBytes: 10_000 })
    for (let record = 0; record < 50; record++) outputs.append(null, 'out', 0, 0, null, thousand)
    outputs.sendAll()
    expect(sent.reduce((sum, { count }) => sum + count, 0)).toBe(50)
    for (const { sizeInBytes } of sent) expect(sizeInBytes).toBeLessThanOrEqual(10_000)
  })

  it('lose exactly what is undone, also across the end of a batch', () => {
    const { outputs, sent } = outputsTo({ partitions: 1, maxMessageBytes: 10_000 })
    const undo = new UndoLog()
    for (let record = 0; record < 5; record++) outputs.append(undo, 'out', 0, 0, null, thousand)
    const savepoint = undo.position
    for (let record = 0; record < 30; record++) outputs.append(undo, 'out', 0, 0, null, thousand)
    undo.undoTo(savepoint)
    for (let record = 0; record < 2; record++) outputs.append(undo, 'out', 0, 0, null, thousand)
    outputs.sendAll()
    expect(sent.map(({ count }) => count)).toEqual([7])
  })

  it('travel early when they are large, or the first of their partition', () => {
    const { outputs, sent } = outputsTo({ partitions: 3, maxMessageBytes: 1_000_000 })
    const append = (partition: number, times: number) => {
      for (let record = 0; record < times; record++) outputs.append(null, 'out', partition, 0, null, thousand)
    }
    const counts = () => sent.splice(0).map(({ count }) => count)
    for (const partition of [0, 1]) append(partition, 2)
    outputs.sendEarly()
    expect(counts()).toEqual([2, 2])
    append(0, 40)
    append(1, 3)
    append(2, 1)
    outputs.sendEarly()
    expect(counts()).toEqual([40, 1])
    outputs.sendAll()
    expect(counts()).toEqual([3])
    outputs.reset()
    append(1, 1)
    outputs.sendEarly()
    expect(counts()).toEqual([1])
  })

  it('of the next transaction stay here until the one that was handed over is committed', () => {
    const { outputs, sent } = outputsTo({ partitions: 1, maxMessageBytes: 10_000 })
    outputs.append(null, 'out', 0, 0, null, thousand)
    outputs.sendAll()
    outputs.handOver()
    for (let record = 0; record < 12; record++) outputs.append(null, 'out', 0, 0, null, thousand)
    outputs.sendFull()
    outputs.sendEarly()
    outputs.sendAll()
    expect(sent.map(({ count }) => count)).toEqual([1])
    expect(outputs.wroteTo('out', 0)).toBe(true)
    outputs.release()
    outputs.sendAll()
    expect(sent.map(({ count }) => count)).toEqual([1, 9, 3])
  })

  it('of both transactions are given up together', () => {
    const { outputs, sent } = outputsTo({ partitions: 1, maxMessageBytes: 10_000 })
    outputs.append(null, 'out', 0, 0, null, thousand)
    outputs.sendAll()
    outputs.handOver()
    outputs.append(null, 'out', 0, 0, null, thousand)
    outputs.reset()
    outputs.sendAll()
    expect(sent.map(({ count }) => count)).toEqual([1])
  })

  it('an answer that comes after the end of its transaction does not spoil the next one', async () => {
    const { outputs, sent } = outputsTo({ partitions: 1, maxMessageBytes: 10_000 })
    outputs.append(null, 'out', 0, 0, null, 'a')
    outputs.sendAll()
    outputs.reset()
    outputs.append(null, 'out', 0, 0, null, 'b')
    outputs.sendAll()
    sent[0]!.refuse(new KafkaError('abortable', 'ABORTED', 'Produce', 'late'))
    await new Promise(setImmediate)
    sent[1]!.refuse(new KafkaError('abortable', 'ABORTED', 'Produce', 'now'))
    await new Promise(setImmediate)
    expect(() => outputs.handOver().check()).toThrow(/^now$/)
  })
})

/** Writes text in place, and counts how often. What holds a `!` is left to `encode`; what holds a `?` nobody can say. */
function writingSerde(): { readonly serde: Serde<unknown>; readonly written: () => number } {
  let written = 0
  const serde = {
    name: 'writing',
    nullable: false,
    decode: (bytes: Buffer, start: number, end: number) => bytes.toString('latin1', start, end),
    encode(value: unknown): string {
      const text = String(value)
      if (text.includes('?')) throw reject('A question can not be written', { code: 'MR3002' })
      return text
    },
    write(value: unknown, bytes: Buffer, at: number): number {
      const text = String(value)
      if (text.includes('?')) throw new Error('a question')
      if (text.includes('!') || at + text.length > bytes.length) return -1
      written++
      return at + bytes.write(text, at, 'latin1')
    },
  }
  return { serde, written: () => written }
}

function valuesIn(sent: readonly Sent[]): string[] {
  const values: string[] = []
  for (const { bytes } of sent) {
    for (const batch of readBatches(bytes)) {
      const cursor = batch.cursor()
      while (cursor.next()) values.push(cursor.bytes.toString('latin1', cursor.valueStart, cursor.valueEnd))
    }
  }
  return values
}

function codeOf(action: () => void): string | undefined {
  try {
    action()
  } catch (error) {
    return findFault(error)?.code
  }
  return undefined
}

describe('values that are encoded in their batch', () => {
  const undo = new UndoLog()

  it('make the same batches as values that were encoded before', () => {
    const { serde, written } = writingSerde()
    const [first, second] = [1, 2].map(() => outputsTo({ partitions: 2, maxMessageBytes: 5_000 }))
    for (let record = 0; record < 300; record++) {
      const value = `${record}${record % 7 === 0 ? '!' : ''}${'v'.repeat((record * 37) % 500)}`
      first!.outputs.to('out')[record % 2]!.emit(undo, record, `key-${record}`, serde, value)
      second!.outputs.append(undo, 'out', record % 2, record, `key-${record}`, value)
    }
    for (const { outputs } of [first!, second!]) outputs.sendAll()
    expect(first!.sent.map(({ bytes }) => bytes)).toEqual(second!.sent.map(({ bytes }) => bytes))
    expect(written()).toBeGreaterThan(200)
  })

  it('are taken back whole, also across the end of a batch', () => {
    const { serde } = writingSerde()
    const { outputs, sent } = outputsTo({ partitions: 1, maxMessageBytes: 10_000 })
    const log = new UndoLog()
    const [output] = outputs.to('out')
    for (const value of ['a', 'b']) output!.emit(log, 0, null, serde, value)
    const savepoint = log.position
    for (let record = 0; record < 30; record++) output!.emit(log, 0, null, serde, thousand)
    log.undoTo(savepoint)
    output!.emit(log, 0, null, serde, 'c')
    outputs.sendAll()
    expect(valuesIn(sent)).toEqual(['a', 'b', 'c'])
  })

  it('leave nothing where they can not be encoded, are too large, or of a wrong time', () => {
    const { serde } = writingSerde()
    const times = new TimeGate({ before: 1_000, after: 1_000 }, () => 10_000)
    const { outputs, sent } = outputsTo({ partitions: 1, maxMessageBytes: 5_000, times })
    const output = outputs.to('out')[0]!
    output.emit(undo, 10_000, 'key', serde, 'kept')
    expect(codeOf(() => output.emit(undo, 10_000, 'key', serde, 'why?'))).toBe('MR3002')
    expect(codeOf(() => output.emit(undo, 20_000, 'key', serde, 'late'))).toBe('MR3011')
    // What is wrong with the value is told first, as ever.
    expect(codeOf(() => output.emit(undo, 20_000, 'key', serde, 'why?'))).toBe('MR3002')
    expect(codeOf(() => output.emit(undo, 10_000, 'key', serde, thousand.repeat(6)))).toBe('MR3005')
    output.emit(undo, 10_500, 'key', serde, 'kept too')
    outputs.sendAll()
    outputs.sendFull()
    expect(valuesIn(sent)).toEqual(['kept', 'kept too'])
  })
})
