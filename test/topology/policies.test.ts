/** Lists of policies that make no sense are refused; sources of one topic must have the same. */
import { expect, test } from 'vitest'
import {
  breaker,
  deadLetter,
  from,
  type Policy,
  park,
  pause,
  retry,
  retryTopics,
  skip,
  stop,
  text,
  topic,
  topology,
} from '../../src/index.ts'
import type { AsyncPolicy } from '../../src/policies/policy.ts'

const input = topic('in', { value: text })
const output = topic('out', { value: text })
const ask = async (value: string): Promise<string> => value
const later = retryTopics('later', [{ seconds: 5 }])
const api = breaker('api')

const built = (...lists: readonly (readonly AsyncPolicy[])[]) => {
  let stream = from(input)
  for (const [index, onFailure] of lists.entries())
    stream = stream.mapAsync(`ask-${index}`, ask, { onFailure }) as typeof stream
  return () => topology('app', stream.to(output))
}

test.each<[string, readonly AsyncPolicy[]]>([
  ['nothing', []],
  ['each of them', [retry({ times: 1 }), later, api, park('parked'), deadLetter('dead')]],
  ['two retries', [retry({ times: 1 }), retry({ times: 9 }), stop()]],
  ['park, then what a record without a key takes', [park('parked'), pause()]],
])('%s is a list', (_what, list) => {
  expect(built(list)).not.toThrow()
})

test.each<[string, readonly AsyncPolicy[], string]>([
  ['two retryTopics', [later, retryTopics('other', [{ seconds: 5 }])], 'one retryTopics'],
  ['a policy behind a final one', [skip(), retry({ times: 1 })], 'nothing behind skip is ever asked'],
  ['two final ones', [deadLetter('a'), deadLetter('b')], 'nothing behind dead-letter'],
  ['two breakers', [api, breaker('other')], 'one breaker'],
])('%s make no sense', (_what, list, why) => {
  expect(built(list)).toThrow(
    expect.objectContaining({ code: 'MR4004', text: expect.objectContaining({ why: expect.stringContaining(why) }) }),
  )
})

test('a breaker of one name has one set of values', () => {
  expect(built([api, stop()], [breaker('api'), skip()])).not.toThrow()
  expect(built([api], [breaker('api', { opensAfter: 6 })])).toThrow(expect.objectContaining({ code: 'MR1003' }))
})

test('a breaker where nothing is waited for is refused, whatever the types were told', () => {
  const onFailure = [api] as unknown as readonly Policy[]
  const step = from(input).map((value) => value, { onFailure })
  expect(() => topology('app', step.to(output))).toThrow(expect.objectContaining({ code: 'MR4004' }))
})

test('a topic that is read twice has the same policies, functions included', () => {
  const read = (when: (error: unknown) => boolean) => from(input, { onFailure: [retry({ times: 1, when })] })
  const [always, never] = [() => true, () => false]
  const merged = (one: typeof always, other: typeof always) => () =>
    topology('app', read(one).merge(read(other)).to(output))
  expect(merged(always, always)).not.toThrow()
  expect(merged(always, never)).toThrow(expect.objectContaining({ code: 'MR4001' }))
})
