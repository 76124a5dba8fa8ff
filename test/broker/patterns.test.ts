import { afterEach, expect, test } from 'vitest'
import { Broker } from '../../src/broker/broker.ts'
import { newMember } from '../../src/broker/consumer-groups/member.ts'
import { topicsOf } from '../../src/broker/consumer-groups/subscriptions.ts'
import { dispatch } from '../../src/broker/dispatch.ts'
import { settingsOf } from '../../src/broker/options.ts'
import { isPattern, matching } from '../../src/broker/patterns.ts'
import { ListTransactions } from '../../src/wire/apis/index.ts'
import { decodeResponse, encodeRequest } from '../../src/wire/codec.ts'
import { errorName } from '../../src/wire/errors.ts'

/** Twice as long for every letter more: not done in a lifetime. */
const endless = '(a+)+'
const victim = `${'a'.repeat(64)}!`

let broker: Broker
afterEach(() => broker?.close())

test('a pattern matches whole names', () => {
  expect([...matching('a|bc*', ['a', 'ab', 'bcc', 'xa', ''])!]).toEqual(['a', 'bcc'])
  expect([matching('a(b', ['a']), isPattern('a(b'), isPattern('a.b')]).toEqual([null, false, true])
})

test('who asks for transactions by a pattern that takes for ever is refused', () => {
  broker = new Broker(settingsOf({}))
  broker.transactions.initialise(victim, 60_000, null)
  const listed = (transactionalIdPattern: string | null): unknown => {
    const body = { stateFilters: [], producerIdFilters: [], durationFilter: -1, transactionalIdPattern }
    const frame = encodeRequest(ListTransactions, 2, { correlationId: 1, clientId: 'c' }, body).subarray(4)
    const asker = { node: 1, host: '', signal: new AbortController().signal, mute: () => {} }
    const bytes = Buffer.concat(dispatch(frame, broker, asker) as Buffer[]).subarray(4)
    const { errorCode, transactionStates } = decodeResponse(ListTransactions, 2, bytes).body
    return [errorName(errorCode), transactionStates.length]
  }
  expect([endless, 'a+!', 'b', '', null].map(listed)).toEqual([
    ['INVALID_REGULAR_EXPRESSION', 0],
    ['NONE', 1],
    ['NONE', 0],
    ['NONE', 1],
    ['NONE', 1],
  ])
})

test('a member whose pattern takes for ever reads nothing by it', () => {
  const all = [victim.replace('!', '-'), 'named'].map((name) => ({ name, id: name, isInternal: false, partitions: [] }))
  const topics = { all: () => all, get: (name: string) => all.find((each) => each.name === name) }
  const namesOf = (topicRegex: string): string[] =>
    topicsOf({ ...newMember('m', null), topicNames: ['named'], topicRegex }, topics).map(({ name }) => name)
  expect(namesOf(endless)).toEqual(['named'])
  expect(namesOf('a+-')).toEqual(['named', all[0]!.name])
})
