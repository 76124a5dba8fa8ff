/** A crash of a broker in memory: what its coordinators had begun is begun again, and the first attempt may come late. */
import { afterEach, expect, test } from 'vitest'
import { Broker } from '../../src/broker/broker.ts'
import { VirtualClock } from '../../src/broker/index.ts'
import { settingsOf } from '../../src/broker/options.ts'
import { readBatches } from '../../src/wire/batch.ts'
import { batchOf } from './wire-client.ts'

const place = { topic: 't', partition: 0 }

let broker: Broker
afterEach(() => broker.close())

test('a marker from before does not end the transaction after the next', () => {
  const clock = new VirtualClock()
  let luck = 0.99
  const markerDelay = { minimum: 1, maximum: 100 }
  const features = { transactionVersion: 0 } as const
  broker = new Broker(settingsOf({ clock, random: { next: () => luck }, markerDelay, features }))
  const log = broker.topics.create('t', 1).partitions[0]!
  const { producerId, producerEpoch } = broker.transactions.initialise('x', 60_000, null)
  const identity = { producerId, producerEpoch }
  const write = (baseSequence: number): number => {
    broker.transactions.add('x', identity, [place])
    const [batch] = readBatches(batchOf(['a'], { ...identity, baseSequence, transactional: true }))
    return log.append(batch!, -1).offset
  }
  expect(write(0)).toBe(0)
  broker.transactions.end({ transactionalId: 'x', ...identity, ending: 'commit', raisesEpoch: false })
  luck = 0
  broker.restart()
  clock.advanceNow({ milliseconds: 2 })
  expect([broker.transactions.get('x')!.state, log.stableOffset]).toEqual(['CompleteCommit', 2])
  expect(write(1)).toBe(2)
  clock.advanceNow({ seconds: 1 })
  expect([broker.transactions.get('x')!.state, log.stableOffset, log.endOffset]).toEqual(['Ongoing', 2, 3])
})
