/** Every code of the protocol as one of the port's faults: the exceptions to the protocol's own table, one by one. */
import { describe, expect, it, test } from 'vitest'
import { faultOf, faultsByName, refusal } from '../../src/kafka/faults.ts'
import { errorCode, errors, isRetriable } from '../../src/wire/errors.ts'

const names = Object.keys(errors).filter((name) => name !== 'NONE') as (keyof typeof faultsByName)[]

test('every code has an entry, and no entry is without a code', () => {
  expect(Object.keys(faultsByName).sort()).toEqual([...names].sort())
})

/** Where the fault is not what the protocol's `retriable` says. */
const exceptions = new Set([
  'BROKER_NOT_AVAILABLE',
  'MEMBER_ID_REQUIRED',
  'REBOOTSTRAP_REQUIRED',
  'ELECTION_NOT_NEEDED',
])

describe.each(names)('%s', (name) => {
  it('is retriable where the protocol says so, but for four exceptions', () => {
    const isException = exceptions.has(name)
    expect(faultsByName[name] === 'retriable').toBe(isRetriable(errorCode[name]) !== isException)
  })
})

/** What other parts rely on (rules R1 to R7 and the port's promises). */
const relied = {
  fenced: [
    'PRODUCER_FENCED',
    'INVALID_PRODUCER_EPOCH',
    'ILLEGAL_GENERATION',
    'UNKNOWN_MEMBER_ID',
    'FENCED_INSTANCE_ID',
  ],
  abortable: ['TRANSACTION_ABORTABLE', 'OUT_OF_ORDER_SEQUENCE_NUMBER', 'UNKNOWN_PRODUCER_ID', 'REBALANCE_IN_PROGRESS'],
  'out-of-range': ['OFFSET_OUT_OF_RANGE'],
  rejected: ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'INVALID_TIMESTAMP', 'NON_EMPTY_GROUP'],
  retriable: ['NOT_COORDINATOR', 'UNSTABLE_OFFSET_COMMIT', 'CONCURRENT_TRANSACTIONS', 'FENCED_LEADER_EPOCH'],
  fatal: ['SASL_AUTHENTICATION_FAILED', 'TOPIC_AUTHORIZATION_FAILED', 'UNSUPPORTED_VERSION', 'UNKNOWN_SERVER_ERROR'],
} as const

test.each(Object.entries(relied))('%s is what is relied on', (fault, of) => {
  for (const name of of) expect(faultOf(errorCode[name])).toBe(fault)
})

test('a code newer than the table is fatal, and named as unknown', () => {
  const error = refusal(9_999, 'Fetch', 'orders-0')
  expect([error.fault, error.reason]).toEqual(['fatal', 'UNKNOWN_SERVER_ERROR'])
})
