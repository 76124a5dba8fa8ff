import { expect, test } from 'vitest'
import { asKafkaError } from '../../src/kafka/kafkajs/errors.ts'

/** What it throws where a broker's metadata has been dropped between its question and its answer. */
const stumble = new TypeError("Cannot read properties of null (reading 'topicMetadata')")

test.each([
  ['reads', 'retriable'],
  ['writes', 'unknown-outcome'],
] as const)('where kafkajs stumbles over itself in what %s, the fault is %s', (effect, fault) => {
  expect(asKafkaError(stumble, 'Metadata', effect)).toMatchObject({ fault, reason: 'KAFKAJS', cause: stumble })
})

test('anything else nobody knows of is fatal', () => {
  expect(asKafkaError(new Error('?'), 'Metadata', 'reads')).toMatchObject({ fault: 'fatal', reason: 'KAFKAJS' })
})
