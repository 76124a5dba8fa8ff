import { expect, test } from 'vitest'
import { FirstWrites } from '../../src/broker/log/first-writes.ts'
import { readBatches } from '../../src/wire/batch.ts'
import { batchOf } from './wire-client.ts'

const by = (producerEpoch: number, baseSequence: number) => {
  const [batch] = readBatches(batchOf(['k=v'], { producerId: 7, producerEpoch, baseSequence, transactional: true }))
  return batch!
}

test('of what was refused the lowest sequence has to come first', () => {
  const first = new FirstWrites()
  first.expect(by(0, 3), false, 0)
  first.expect(by(0, 1), false, 0)
  first.expect(by(0, 5), false, 0)
  expect([0, 1, 3].map((sequence) => first.lets(by(0, sequence), true))).toEqual([true, true, false])
  first.forget(7)
  expect(first.lets(by(0, 3), true)).toBe(true)
})

test('a later epoch counts anew, an earlier one not at all', () => {
  const first = new FirstWrites()
  first.expect(by(1, 0), false, 0)
  first.expect(by(2, 4), false, 0)
  first.expect(by(1, 2), false, 0)
  expect([4, 5].map((sequence) => first.lets(by(2, sequence), false))).toEqual([true, false])
})

test('under protocol 2 a producer nobody knows begins with 0', () => {
  const first = new FirstWrites()
  first.expect(by(0, 2), true, 0)
  expect([first.lets(by(0, 2), true), first.lets(by(0, 2), false), first.lets(by(0, 0), true)]).toEqual([
    false,
    true,
    true,
  ])
})

test('whoever does not come back is forgotten with the time', () => {
  const first = new FirstWrites()
  first.expect(by(0, 0), false, 10)
  first.dropBefore(9)
  expect(first.lets(by(0, 1), true)).toBe(false)
  first.dropBefore(10)
  expect(first.lets(by(0, 1), true)).toBe(true)
})
