/** What a list of policies decides: by a table over kinds, subjects and policies, and by properties. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { retryLater } from '../../src/faults.ts'
import { breaker } from '../../src/policies/breaker.ts'
import { deadLetter } from '../../src/policies/dead-letter.ts'
import { type DecisionPorts, decide, type FailedAttempt } from '../../src/policies/decide.ts'
import { park } from '../../src/policies/park.ts'
import { pause } from '../../src/policies/pause.ts'
import type { AsyncPolicy } from '../../src/policies/policy.ts'
import { retry } from '../../src/policies/retry.ts'
import { retryTopics } from '../../src/policies/retry-topics.ts'
import { skip } from '../../src/policies/skip.ts'
import { stop } from '../../src/policies/stop.ts'
import { seededRandom } from '../../src/random.ts'
import { breakerIsOpen } from '../../src/runtime/breakers/breaker.ts'

const closed = { isClosed: true, failuresInARow: 1 }
const shaking = { isClosed: true, failuresInARow: 2 }
const open = { isClosed: false, failuresInARow: 5 }

function portsOf(view: { isClosed: boolean; failuresInARow: number } = closed, next = 0.5): DecisionPorts {
  return { random: { next: () => next }, breaker: () => view, source: 'orders' }
}

function attemptOf(differs: Partial<FailedAttempt> = {}): FailedAttempt {
  const error = new Error('down')
  return { error, kind: 'retry', attempts: 1, firstFailedAt: 1_000, now: 1_000, hops: 0, subject: 'record', ...differs }
}

const own = { kind: 'dead-letter', name: 'orders' }
const dead = { kind: 'dead-letter', name: 'dead' }
const held = { kind: 'hold', breaker: 'api' }
const again = (at: number) => ({ kind: 'again', at })
const slow = [{ milliseconds: 100 }, { seconds: 1 }] as const
const three = retry({ times: 3, backoff: slow })
const hops = retryTopics('later', [{ seconds: 5 }, { minutes: 1 }])
const waiting = breaker('api')
const failing = breaker('api', { whileOpen: 'fail' })
const late = retryLater('not yet', { after: { seconds: 7 } })
const refused = breakerIsOpen('api')

function choking(): boolean {
  throw new TypeError('no response')
}

interface Row {
  readonly why: string
  readonly list: readonly AsyncPolicy[]
  readonly attempt?: Partial<FailedAttempt>
  readonly breaker?: typeof closed
  readonly is: object
}

const table: readonly Row[] = [
  { why: 'nothing is said: three retries', list: [], is: again(1_050) },
  { why: 'nothing is said: the third', list: [], attempt: { attempts: 3 }, is: again(1_200) },
  { why: 'nothing is said: then a dead letter', list: [], attempt: { attempts: 4 }, is: own },
  { why: 'a rejection is not tried again', list: [], attempt: { kind: 'reject' }, is: own },
  { why: 'waits double', list: [three, stop()], attempt: { attempts: 2 }, is: again(1_100) },
  { why: 'no more than so often', list: [three, stop()], attempt: { attempts: 4 }, is: stop() },
  { why: 'the longest wait', list: [retry({ times: 99, backoff: slow })], attempt: { attempts: 60 }, is: again(1_500) },
  { why: 'never', list: [retry({ times: 1_000_000 })], attempt: { attempts: 5_000 }, is: again(3_500) },
  { why: 'as late as the error says', list: [three], attempt: { error: late }, is: again(8_000) },
  { why: 'wrapped', list: [three], attempt: { error: new Error('no', { cause: late }) }, is: again(8_000) },
  {
    why: 'not beyond the budget',
    list: [retry({ times: 9, budget: { seconds: 6 } })],
    attempt: { error: late },
    is: own,
  },
  { why: 'the budget counts from the first', list: [three], attempt: { now: 61_001, attempts: 2 }, is: own },
  { why: 'a clock that went back', list: [three], attempt: { now: 0, attempts: 2 }, is: again(100) },
  { why: 'not this error', list: [retry({ times: 3, when: () => false }), skip()], is: skip() },
  { why: 'when() chokes on this error', list: [retry({ times: 3, when: choking }), skip()], is: skip() },
  { why: 'two retries count one after the other', list: [three, three], attempt: { attempts: 4 }, is: again(1_050) },
  { why: 'the first retry topic', list: [hops], is: { kind: 'retry-topic', name: 'later', delay: 5_000 } },
  {
    why: 'the second',
    list: [hops],
    attempt: { hops: 1 },
    is: { kind: 'retry-topic', name: 'later', delay: 60_000 },
  },
  { why: 'no third', list: [hops, deadLetter('dead')], attempt: { hops: 2 }, is: dead },
  { why: 'retries come first', list: [three, hops], is: again(1_050) },
  {
    why: 'then topics',
    list: [three, hops],
    attempt: { attempts: 4 },
    is: { kind: 'retry-topic', name: 'later', delay: 5_000 },
  },
  { why: 'one failure does not blame the neighbour', list: [waiting, deadLetter('dead')], is: dead },
  { why: 'two in a row do', list: [waiting, deadLetter('dead')], breaker: shaking, is: held },
  { why: 'open: it waits', list: [waiting, deadLetter('dead')], breaker: open, is: held },
  {
    why: 'exhausted, and others fail too',
    list: [three, waiting],
    attempt: { attempts: 9 },
    breaker: shaking,
    is: held,
  },
  { why: 'a rejection waits for no breaker', list: [waiting], attempt: { kind: 'reject' }, breaker: open, is: own },
  { why: 'who is to fail does not wait', list: [failing, deadLetter('dead')], breaker: open, is: dead },
  {
    why: 'refused: no retry',
    list: [three, failing, deadLetter('dead')],
    attempt: { error: refused },
    breaker: open,
    is: dead,
  },
  {
    why: 'refused: retries behind',
    list: [failing, three],
    attempt: { error: refused },
    breaker: open,
    is: again(1_050),
  },
  {
    why: 'refused, and closed since: it was not tried',
    list: [three, waiting, skip()],
    attempt: { error: refused },
    is: held,
  },
  { why: 'a key is parked', list: [park('parked'), skip()], attempt: { kind: 'reject' }, is: park('parked') },
  { why: 'no key, no parking', list: [park('parked'), skip()], attempt: { subject: 'keyless' }, is: skip() },
  { why: 'and nothing behind', list: [park('parked')], attempt: { subject: 'keyless' }, is: own },
  { why: 'a row only ends', list: [three, hops, waiting, park('p'), stop()], attempt: { subject: 'row' }, is: stop() },
  { why: 'a keyless record is retried', list: [three], attempt: { subject: 'keyless' }, is: again(1_050) },
]

describe('decide', () => {
  test.each(table)('$why', ({ list, attempt, breaker: view, is }) => {
    expect(decide(list, attemptOf(attempt), portsOf(view))).toEqual(is)
  })
})

const finals: readonly AsyncPolicy[] = [deadLetter('dead'), park('parked'), skip(), pause(), stop()]
const policies = fc.constantFrom<AsyncPolicy>(...finals, three, hops, waiting, failing)
const views = fc.constantFrom(closed, shaking, open)

describe('every list of up to three policies', () => {
  const all: readonly AsyncPolicy[] = [...finals, three, hops, waiting, failing]
  const lists = all.flatMap((one) => [
    [one],
    ...all.flatMap((two) => [[one, two], ...all.map((last) => [one, two, last])]),
  ])
  const attempts: readonly Partial<FailedAttempt>[] = (['retry', 'reject'] as const).flatMap((kind) =>
    (['record', 'keyless', 'row'] as const).flatMap((subject) =>
      [1, 4].flatMap((count) => [0, 2].map((through) => ({ kind, subject, attempts: count, hops: through }))),
    ),
  )

  test.each([
    ['closed', closed],
    ['shaking', shaking],
    ['open', open],
  ])('is answered by the first that has an answer by itself (%s)', (_state, view) => {
    // Of two retries the second counts from where the first has ended: that has rows of its own.
    const plain = lists.filter((list) => list.filter((policy) => policy === three).length < 2)
    for (const attempt of attempts) {
      const alone = (policy: AsyncPolicy) => decide([policy], attemptOf(attempt), portsOf(view))
      const isOwn = (policy: AsyncPolicy) => JSON.stringify(alone(policy)) !== JSON.stringify(own)
      for (const list of plain) {
        const first = list.find(isOwn)
        const expected = first === undefined ? own : alone(first)
        expect(decide(list, attemptOf(attempt), portsOf(view)), JSON.stringify([list, attempt])).toEqual(expected)
      }
    }
  })
})

describe('for any list', () => {
  test('a rejection is answered by the first final policy', () => {
    fc.assert(
      fc.property(fc.array(policies), views, fc.integer({ min: 1, max: 9 }), (list, view, attempts) => {
        const first = list.find((policy) => finals.includes(policy)) ?? own
        expect(decide(list, attemptOf({ kind: 'reject', attempts }), portsOf(view))).toEqual(first)
      }),
    )
  })

  test('it ends: without an open breaker no record is tried for ever', () => {
    fc.assert(
      fc.property(fc.array(policies), (list) => {
        const decision = decide(list, attemptOf({ attempts: 1_000, hops: 2 }), portsOf(closed))
        expect(['again', 'hold', 'retry-topic']).not.toContain(decision.kind)
      }),
    )
  })

  test('waits lie within backoff, after what the error asks for, and within the budget', () => {
    const numbers = fc.record({
      first: fc.integer({ min: 0, max: 1_000 }),
      more: fc.integer({ min: 0, max: 10_000 }),
      attempts: fc.integer({ min: 1, max: 100 }),
      after: fc.integer({ min: 0, max: 20_000 }),
      elapsed: fc.integer({ min: 0, max: 90_000 }),
      seed: fc.integer(),
    })
    fc.assert(
      fc.property(numbers, ({ first, more, attempts, after, elapsed, seed }) => {
        const backoff = [{ milliseconds: first }, { milliseconds: first + more }] as const
        const list = [retry({ times: 100, backoff }), skip()]
        const error = retryLater('later', { after: { milliseconds: after } })
        const attempt = attemptOf({ attempts, error, now: 1_000 + elapsed })
        const decision = decide(list, attempt, { ...portsOf(), random: seededRandom(seed) })
        if (decision.kind === 'skip') return elapsed + Math.max(after, first + more) > 60_000
        const wait = (decision as { at: number }).at - attempt.now
        const ceiling = Math.min(first + more, first * 2 ** (attempts - 1))
        return wait >= after && wait <= Math.max(after, ceiling) && elapsed + wait <= 60_000
      }),
    )
  })

  test('the same seed draws the same waits', () => {
    const draw = (): unknown[] => {
      const random = seededRandom(7)
      return [1, 2, 3].map((attempts) => decide([three], attemptOf({ attempts }), { ...portsOf(), random }))
    }
    expect(draw()).toEqual(draw())
  })
})
