/** Patterns: what the compiler knows about a match, and what it refuses. */
import { begin, from, json, type KeyedStream, text, topic, topology } from '../../src/index.ts'

interface Passed {
  readonly kind: 'passed'
  readonly user: string
}
interface Failed {
  readonly kind: 'failed'
  readonly reason: string
}
type Login = Passed | Failed

const within = { minutes: 5 }
const logins = from(topic('logins', { key: text, value: json<Login>() }))
const unkeyed = from(topic('unkeyed', { value: json<Login>() }))
const nullable = logins.map((login) => (login.kind === 'failed' ? login : null))
const visits = from(topic('visits', { key: text, value: json<{ readonly at: Date }>() }))
const isFailed = (login: Login): login is Failed => login.kind === 'failed'

const breakIn = begin('failed', isFailed)
  .times(3)
  .next('passed', (login): login is Passed => login.kind === 'passed')
const output = topic('output', { key: text, value: json<string>() })

// A match holds the records of each step, as narrow as its type guard says.
const alarms: KeyedStream<string, string> = logins.pattern('break-in', breakIn, {
  within,
  select: ({ failed, passed }, { key, time }) => `${key} ${time} ${failed[0]?.reason} ${passed[0]?.user}`,
})
topology('app', alarms.to(output))
// @ts-expect-error no step has this name
logins.pattern('break-in', breakIn, { within, select: ({ tried }) => tried })
// @ts-expect-error `failed` holds failures only
logins.pattern('break-in', breakIn, { within, select: ({ failed }) => failed[0]?.user })

// A predicate sees what the match holds so far, its own step included.
begin('first', (login: Login) => login.kind === 'failed').followedBy('again', (login, { matches, time }) => {
  return matches.first[0] !== login && matches.again.length < 3 && time > 0
})
begin('first', isFailed).next('second', (login, { matches }) => {
  // @ts-expect-error a later step can't be seen
  return matches.third.length > 0 && login.kind === 'passed'
})

// Names are the way to the records: each is used once.
// @ts-expect-error the name is taken
begin('failed', isFailed).next('failed', isFailed)

// How many records are taken is said of a step that takes some.
// @ts-expect-error a refusal takes none
begin('failed', isFailed).notNext('passed', isFailed).times(2)
// @ts-expect-error one record can't be greedy
begin('failed', isFailed).greedy()
// @ts-expect-error nothing lies between the records of a step that takes one
begin('failed', isFailed).consecutive()
begin('failed', isFailed).optional().greedy().followedBy('more', isFailed).oneOrMore().allowCombinations().greedy()

// @ts-expect-error null keys are possible, so records of a key may be in several tasks
unkeyed.pattern('break-in', breakIn, { within, select: () => '' })
// @ts-expect-error a match without a time would be kept for ever
logins.pattern('break-in', breakIn, { select: () => '' })
// @ts-expect-error a sequence about other records
visits.pattern('break-in', breakIn, { within, select: () => '', value: json() })
const visit = begin('visit', (value: { readonly at: Date }) => value.at !== null)
// @ts-expect-error JSON does not bring dates back: records are kept, so it takes a serde
visits.pattern('visit', visit, { within, select: () => '' })

// Predicates may ask for less than the stream has.
interface Kinded {
  readonly kind: string
}
const kinds = begin('any', (value: Kinded) => value.kind !== '')
logins.pattern('kinds', kinds, { within, select: ({ any: [first] }) => first?.kind ?? '' })

// Null values are never shown.
nullable.pattern(
  'failures',
  begin('failed', (login: Failed) => login.reason !== ''),
  { within, select: () => '' },
)
// What is late comes with the reason.
logins.pattern('break-in', breakIn, { within, select: () => '' }).late.map(({ value, reason, window }) => {
  const none: null = window
  return [value.kind, reason, none]
})
