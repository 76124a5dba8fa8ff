import { expect, test } from 'vitest'
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from '../../src/wire/consumer-protocol.ts'

const subscription = {
  topics: ['orders', 'rates'],
  userData: Buffer.from('who'),
  ownedPartitions: [{ topic: 'orders', partitions: [0, 3] }],
  generationId: 8,
  rackId: 'b',
}

test('a subscription says its version, and older versions leave out what they do not know', () => {
  expect(encodeSubscription(3, subscription).readInt16BE(0)).toBe(3)
  expect(decodeSubscription(encodeSubscription(3, subscription))).toEqual(subscription)
  expect(decodeSubscription(encodeSubscription(1, subscription))).toEqual({
    ...subscription,
    generationId: -1,
    rackId: null,
  })
  expect(decodeSubscription(encodeSubscription(0, subscription)).ownedPartitions).toEqual([])
})

test('a newer version is read as the newest we know', () => {
  const newer = Buffer.concat([encodeSubscription(3, subscription), Buffer.from('what comes later')])
  newer.writeInt16BE(9, 0)
  expect(decodeSubscription(newer)).toEqual(subscription)
})

test('an assignment', () => {
  const assignment = { assignedPartitions: [{ topic: 'orders', partitions: [1] }], userData: null }
  expect(decodeAssignment(encodeAssignment(3, assignment))).toEqual(assignment)
})

test('what other members send and is none is refused', () => {
  for (const hex of ['', '00', 'ffff', '00010000', '00017fffffff']) {
    expect(() => decodeSubscription(Buffer.from(hex, 'hex'))).toThrow(expect.objectContaining({ name: 'WireError' }))
  }
  expect(() => encodeSubscription(4, subscription)).toThrow(expect.objectContaining({ reason: 'unknown-version' }))
})
