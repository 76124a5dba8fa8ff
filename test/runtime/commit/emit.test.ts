import { describe, expect, it } from 'vitest'
import type { Appended, Transactions } from '../../../src/kafka/port.ts'
import { KafkaError } from '../../../src/kafka/port.ts'
import { Outputs } from '../../../src/runtime/commit/emit.ts'
import { UndoLog } from '../../../src/state/undo.ts'
import type { BatchBuilder } from '../../../src/wire/batch.ts'

interface Sent {
  readonly count: number
  readonly sizeInBytes: number
  refuse(error: unknown): void
}

/** Keeps what is sent, unanswered until it is refused or the test ends. */
function outputsTo(topic: { readonly partitions: number; readonly maxMessageBytes: number }): {
  outputs: Outputs
  sent: Sent[]
} {
  const sent: Sent[] = []
  const append = (_place: unknown, batch: BatchBuilder): Promise<Appended> => {
    const { count, sizeInBytes } = batch
    batch.build({})
    return new Promise((_resolve, reject) => sent.push({ count, sizeInBytes, refuse: reject }))
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
