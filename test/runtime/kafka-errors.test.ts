import { expect, test } from 'vitest'
import { errorCodes, MillraceError } from '../../src/faults.ts'
import { KafkaError, type KafkaFault } from '../../src/kafka/port.ts'
import { explainKafkaError } from '../../src/runtime/kafka-errors.ts'

test.each<[KafkaFault, string, string, number]>([
  ['fatal', 'UNREACHABLE', 'MR2001', 5],
  ['retriable', 'CONNECTION', 'MR2001', 5],
  ['retriable', 'TIMEOUT', 'MR2001', 5],
  ['fatal', 'TOPIC_AUTHORIZATION_FAILED', 'MR2008', 4],
  ['fatal', 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'MR2008', 4],
  ['fatal', 'SASL_AUTHENTICATION_FAILED', 'MR2008', 4],
  ['fatal', 'TLS_UNTRUSTED', 'MR2008', 4],
  ['fatal', 'UNKNOWN_TOPIC_OR_PARTITION', 'MR2002', 3],
  ['fatal', 'UNSUPPORTED_VERSION', 'MR2005', 1],
  ['fenced', 'FENCED_INSTANCE_ID', 'MR2006', 1],
  ['fenced', 'PRODUCER_FENCED', 'MR2006', 1],
  ['out-of-range', 'OFFSET_OUT_OF_RANGE', 'MR2007', 1],
  ['rejected', 'MESSAGE_TOO_LARGE', 'MR3005', 1],
  ['fatal', 'POLICY_VIOLATION', 'MR2004', 1],
])('%s %s is %s, exit %d', (fault, reason, code, exit) => {
  const error = new KafkaError(fault, reason, 'Produce', 'the broker said so')
  const explained = explainKafkaError(error, 'topology flights')
  expect({ code: explained.code, exit: errorCodes[explained.code].exit }).toEqual({ code, exit })
  expect(explained.text.why).toBe(`${reason} on Produce: the broker said so`)
  expect(explained.text.where).toBe('topology flights')
  expect(explained.text.fix).toMatch(/\w+/)
  expect(explained.cause).toBe(error)
})

test('a reason that the message names already is not said twice', () => {
  const message = 'Kafka answered Produce for orders-0 with POLICY_VIOLATION'
  expect(explainKafkaError(new KafkaError('fatal', 'POLICY_VIOLATION', 'Produce', message), 'here').text.why).toBe(
    message,
  )
})

test.each<[KafkaFault, string]>([
  ['retriable', 'retry'],
  ['unknown-outcome', 'retry'],
  ['abortable', 'retry'],
  ['fenced', 'fenced'],
  ['rejected', 'reject'],
  ['out-of-range', 'fatal'],
  ['fatal', 'fatal'],
])('a %s error is of kind %s', (fault, kind) => {
  expect(explainKafkaError(new KafkaError(fault, 'ANY', 'Fetch', 'text'), 'here').kind).toBe(kind)
})

test('a Kafka error is found behind an error that wraps it', () => {
  const inner = new KafkaError('fatal', 'UNREACHABLE', 'connect', 'nobody at localhost:1')
  expect(explainKafkaError(new Error('start failed', { cause: inner }), 'here').code).toBe('MR2001')
})

test('what explains itself stays as it is', () => {
  const fault = new MillraceError('fatal', { code: 'MR2003', what: 'wrong size' })
  expect(explainKafkaError(fault, 'here')).toBe(fault)
})

test.each([[new TypeError('x is undefined')], ['a text'], [null], [undefined]])(
  '%s is ours to answer for',
  (thrown) => {
    const explained = explainKafkaError(thrown, 'here')
    expect(explained.code).toBe('MR9001')
    expect(explained.text.fix).toContain('report')
  },
)
