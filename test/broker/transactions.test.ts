import { beforeEach, describe, expect, test } from 'vitest'
import { Broker } from '../../src/broker/broker.ts'
import { offsetsPartition } from '../../src/broker/internal-topics.ts'
import { settingsOf } from '../../src/broker/options.ts'
import type { Ending } from '../../src/broker/transactions/states.ts'
import { lastEpoch } from '../../src/broker/transactions/transaction.ts'
import { seededRandom } from '../../src/random.ts'
import { readBatches } from '../../src/wire/batch.ts'
import { errorName } from '../../src/wire/errors.ts'
import { HandClock } from './hand-clock.ts'
import { batchOf } from './wire-client.ts'

let clock: HandClock
let broker: Broker

beforeEach(() => {
  clock = new HandClock()
  broker = new Broker(settingsOf({ clock, random: seededRandom(1), markerDelay: { minimum: 2, maximum: 9 } }))
  broker.topics.create('t', 3)
})

const partition = { topic: 't', partition: 0 }
const other = { topic: 't', partition: 1 }

interface Identity {
  readonly producerId: number
  readonly producerEpoch: number
}

function initialise(expected: Identity | null = null): Identity {
  const { errorCode, ...identity } = broker.transactions.initialise('x', 60_000, expected)
  expect(errorName(errorCode)).toBe('NONE')
  return identity
}

const initialiseCode = (expected: Identity | null = null): string =>
  errorName(broker.transactions.initialise('x', 60_000, expected).errorCode)
const add = (identity: Identity, ...partitions: (typeof partition)[]): string =>
  errorName(broker.transactions.add('x', identity, partitions))

function end(identity: Identity, ending: Ending, raisesEpoch: boolean): readonly [string, number] {
  const ended = broker.transactions.end({ ...identity, transactionalId: 'x', ending, raisesEpoch })
  return [errorName(ended.errorCode), ended.producerEpoch]
}

function append(identity: Identity, sequence: number, to = partition): void {
  const [batch] = readBatches(batchOf(['a'], { ...identity, baseSequence: sequence, transactional: true }))
  expect(broker.topics.log(to.topic, to.partition)!.append(batch!, -1).errorCode).toBe(0)
}

const next = ({ producerId, producerEpoch }: Identity): Identity => ({ producerId, producerEpoch: producerEpoch + 1 })
const state = (): string => broker.transactions.get('x')!.state
const log = (of = partition) => broker.topics.log(of.topic, of.partition)!

describe('the end of a transaction', () => {
  test('is answered before the markers are written, each in its own time', () => {
    const producer = initialise()
    expect(add(producer, partition, other)).toBe('NONE')
    append(producer, 0)
    append(producer, 0, other)
    expect(end(producer, 'commit', false)[0]).toBe('NONE')
    expect([state(), log().stableOffset, log(other).stableOffset]).toEqual(['PrepareCommit', 0, 0])
    const reached: [number, number][] = []
    for (let elapsed = 0; elapsed < 10; elapsed++) {
      clock.advance(1)
      reached.push([log().stableOffset, log(other).stableOffset])
    }
    expect(reached.at(-1)).toEqual([2, 2])
    expect(reached.some(([one, two]) => one !== two)).toBe(true)
    expect(state()).toBe('CompleteCommit')
  })

  test('keeps everybody waiting until the last marker is written', () => {
    const producer = initialise()
    add(producer, partition)
    append(producer, 0)
    const release = broker.markers.hold(partition)
    end(producer, 'commit', false)
    clock.advance(1000)
    expect(end(producer, 'commit', false)[0]).toBe('CONCURRENT_TRANSACTIONS')
    expect(end(producer, 'abort', false)[0]).toBe('CONCURRENT_TRANSACTIONS')
    expect(add(producer, other)).toBe('CONCURRENT_TRANSACTIONS')
    expect(initialiseCode()).toBe('CONCURRENT_TRANSACTIONS')
    release()
    expect(state()).toBe('CompleteCommit')
    expect(add(producer, other)).toBe('NONE')
  })

  test('that is asked for again succeeds when it was the same one', () => {
    const producer = initialise()
    add(producer, partition)
    end(producer, 'abort', false)
    clock.advance(10)
    expect(end(producer, 'abort', false)[0]).toBe('NONE')
    expect(end(producer, 'commit', false)[0]).toBe('INVALID_TXN_STATE')
  })

  test('of nothing is refused', () => {
    expect(end(initialise(), 'commit', false)[0]).toBe('INVALID_TXN_STATE')
    expect(end({ producerId: 99, producerEpoch: 0 }, 'commit', false)[0]).toBe('INVALID_PRODUCER_ID_MAPPING')
  })

  test('makes staged positions visible with their marker, or drops them', () => {
    const offsets = () => broker.groups.get('g')!.offsets
    for (const ending of ['abort', 'commit'] as const) {
      const producer = initialise()
      add(producer, offsetsPartition('g'))
      const position = { offset: 5, leaderEpoch: 0, metadata: '' }
      broker.groups.positions.stage('g', [{ partition, position }], producer)
      end(producer, ending, false)
      expect([offsets().isUnstable(partition), offsets().get(partition)]).toEqual([true, undefined])
      clock.advance(10)
      expect([offsets().isUnstable(partition), offsets().get(partition)?.offset]).toEqual([
        false,
        ending === 'commit' ? 5 : undefined,
      ])
    }
  })
})

describe('an end that raises the epoch (protocol 2)', () => {
  test('tells the epoch of the next transaction, also when it is asked for again', () => {
    const producer = initialise()
    add(producer, partition)
    expect(end(producer, 'commit', true)).toEqual(['NONE', 1])
    expect(end(producer, 'commit', true)[0]).toBe('CONCURRENT_TRANSACTIONS')
    expect(end(next(producer), 'abort', true)[0]).toBe('CONCURRENT_TRANSACTIONS')
    clock.advance(10)
    expect(end(producer, 'commit', true)).toEqual(['NONE', 1])
    expect(end(producer, 'abort', true)[0]).toBe('INVALID_TXN_STATE')
    expect(end(next(next(producer)), 'commit', true)[0]).toBe('PRODUCER_FENCED')
  })

  test('cannot hit the next transaction', () => {
    const producer = initialise()
    add(producer, partition)
    end(producer, 'abort', true)
    clock.advance(10)
    expect(add(next(producer), partition)).toBe('NONE')
    expect(end(producer, 'abort', true)[0]).toBe('PRODUCER_FENCED')
    expect(state()).toBe('Ongoing')
  })

  test('aborts a transaction that is still empty', () => {
    expect(end(initialise(), 'abort', true)).toEqual(['NONE', 1])
  })

  test('moves to another producer id when the epochs are used up', () => {
    const first = initialise()
    broker.transactions.get('x')!.epoch = lastEpoch
    const producer = { ...first, producerEpoch: lastEpoch }
    add(producer, partition)
    append(producer, 0)
    const request = { ...producer, transactionalId: 'x', ending: 'commit', raisesEpoch: true } as const
    const ended = broker.transactions.end(request)
    expect([ended.producerId === first.producerId, ended.producerEpoch]).toEqual([false, 0])
    clock.advance(10)
    expect(broker.transactions.end(request)).toEqual(ended)
    expect(add({ producerId: ended.producerId, producerEpoch: 0 }, partition)).toBe('NONE')
  })
})

describe('a producer', () => {
  test('is fenced by the next one of its id, which waits for the abort', () => {
    const producer = initialise()
    add(producer, partition)
    append(producer, 0)
    expect(initialiseCode()).toBe('CONCURRENT_TRANSACTIONS')
    clock.advance(10)
    const successor = initialise()
    expect(successor).toEqual({ producerId: producer.producerId, producerEpoch: 2 })
    expect(end(producer, 'commit', false)[0]).toBe('PRODUCER_FENCED')
    expect(add(producer, partition)).toBe('PRODUCER_FENCED')
    expect(log().aborted(0, 10)).toEqual([{ producerId: producer.producerId, firstOffset: 0, lastOffset: 1 }])
  })

  test('that goes on after an error raises its epoch once, however often it asks', () => {
    const producer = initialise()
    const raised = initialise(producer)
    expect(raised).toEqual(next(producer))
    expect(initialise(producer)).toEqual(raised)
    expect(initialiseCode({ producerId: 77, producerEpoch: 0 })).toBe('PRODUCER_FENCED')
    initialise()
    expect(initialiseCode(raised)).toBe('PRODUCER_FENCED')
  })

  test('whose transaction is open for too long is fenced, and the transaction aborted', () => {
    const producer = initialise()
    add(producer, partition)
    append(producer, 0)
    clock.advance(60_000)
    expect(state()).toBe('Ongoing')
    clock.advance(11_000)
    expect(state()).toBe('CompleteAbort')
    expect(end(producer, 'commit', false)[0]).toBe('PRODUCER_FENCED')
    expect(log().stableOffset).toBe(2)
  })

  test('may take no timeout beyond the longest', () => {
    const codeOf = (timeout: number): string => errorName(broker.transactions.initialise('x', timeout, null).errorCode)
    expect([codeOf(0), codeOf(900_001), codeOf(900_000)]).toEqual([
      'INVALID_TRANSACTION_TIMEOUT',
      'INVALID_TRANSACTION_TIMEOUT',
      'NONE',
    ])
  })
})

test('a partition that was not added is found out', () => {
  const producer = initialise()
  add(producer, partition)
  const verify = (identity: Identity, of = partition): string =>
    errorName(broker.transactions.verify('x', identity, of))
  expect([verify(producer), verify(producer, other), verify(next(producer))]).toEqual([
    'NONE',
    'TRANSACTION_ABORTABLE',
    'PRODUCER_FENCED',
  ])
})
