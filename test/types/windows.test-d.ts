/** Windows, their results and what holds them back, as the compiler sees them: each line below `@ts-expect-error` must not compile. */
import {
  countWindow,
  cumulate,
  from,
  globalWindow,
  hopping,
  json,
  type KeyedStream,
  number,
  onChange,
  onEventTime,
  onRecords,
  onWallClock,
  type Pane,
  session,
  sliding,
  type Table,
  table,
  text,
  topic,
  tumbling,
  type Window,
} from '../../src/index.ts'

interface Click {
  readonly page: string
  readonly seconds: number
}
interface Visit {
  readonly at: Date
}

const clicks = from(topic('clicks', { key: text, value: json<Click>() }))
const visits = from(topic('visits', { key: text, value: json<Visit>() }))
const loose = from(topic('loose', { value: json<Click>() }))
const minutes = tumbling({ minutes: 1 })
const sessions = session({ minutes: 30 })
const total = { as: number, start: 0, add: (sum: number, click: Click) => sum + click.seconds }
const merge = (one: number, other: number): number => one + other

// Every kind of windows folds.
const counted: KeyedStream<string, number, Window> = clicks.window(minutes).count('tumbling')
clicks.window(hopping({ minutes: 2 }, { every: { minutes: 1 } })).reduce('hopping', (one) => one)
clicks.window(cumulate({ minutes: 2 }, { step: { minutes: 1 } })).aggregate('cumulate', total)
clicks.window(sliding({ minutes: 2 })).aggregate('sliding', total)
clicks.window(sessions).count('session')
clicks.window(countWindow(100)).aggregate('count', total)
counted.map((_count, { window }) => window.end.getTime() - window.start.getTime())
clicks.window(minutes).aggregate('with-window', {
  as: number,
  start: 0,
  add: (sum, click, { window }) => Math.max(sum, window.start.getTime() + click.seconds),
})

// @ts-expect-error hops need to say how often
hopping({ minutes: 2 })
// @ts-expect-error cumulating windows need their step
cumulate({ minutes: 2 })
// @ts-expect-error a duration is spelt with its unit
sliding(1000)
// @ts-expect-error sessions have no offset
session({ minutes: 1 }, { offset: { seconds: 1 } })
// @ts-expect-error nothing is late for a window of so many records
countWindow(3, { grace: { seconds: 1 } })
// @ts-expect-error null keys are possible
loose.window(sessions)

// Sessions grow together.
clicks.window(sessions).aggregate('merged', { ...total, merge })
// @ts-expect-error sums of sessions must be merged
clicks.window(sessions).aggregate('merged', total)
// @ts-expect-error the merged sum is of another type
clicks.window(sessions).aggregate('merged', { ...total, merge: () => 'sum' })
// @ts-expect-error lists of the best can't be merged
clicks.window(sessions).top('best', 3, { compare: () => 0 })

// Each mode has its own values.
const results = clicks.window(minutes).count('results')
const updates: KeyedStream<string, number, Window> = results.updates()
const panes: KeyedStream<string, Pane<number>, Window> = results.early(onRecords(3))
results.onTime().map(({ pane, value }) => (pane === 'late' ? value : 0))
results.early(onWallClock({ seconds: 1 })).late.map(({ value: { page }, operatorTime }) => page.repeat(operatorTime))
results.early(onEventTime({ seconds: 1 }))
results.early(onChange<number>((before, after) => before !== after))
updates.merge(panes.map(({ value }) => value))
// @ts-expect-error early says when
results.early()
// @ts-expect-error a trigger, not a number
results.early(3)
// @ts-expect-error panes are not counts
results.onTime().map((count) => count + 1)
// @ts-expect-error no such pane
results.onTime().filter(({ pane }) => pane === 'middle')
// @ts-expect-error they are updates already
results.updates().early(onRecords(1))
// @ts-expect-error one mode
results.onTime().updates()

// A merged-away session is null among the updates, and only there.
const sessionCounts = clicks.window(sessions).count('sessions')
sessionCounts.map((count) => count + 1)
sessionCounts.updates().map((count) => (count === null ? 0 : count + 1))
// @ts-expect-error it may be null
sessionCounts.updates().map((count) => count + 1)
sessionCounts
  .updates()
  .suppress('sessions-once', { until: 'close' })
  .map((count) => count + 1)

// Windows of so many records say one thing, once.
const hundreds = clicks.window(countWindow(100)).count('hundreds')
hundreds.map((count, { window }) => [count, window.start])
// @ts-expect-error nothing is late
hundreds.late
// @ts-expect-error no updates
hundreds.updates()

// A window that never closes has no final row.
const everything = clicks.window(globalWindow()).count('everything')
everything.updates().map((count) => count + 1)
everything.early(onRecords(10)).map(({ value }) => value + 1)
// @ts-expect-error say when it speaks
everything.map((count) => count)
// @ts-expect-error it has no end
everything.onTime()
// @ts-expect-error it has no end to wait for
everything.updates().suppress('never', { until: 'close' })
// @ts-expect-error nothing is late
everything.early(onRecords(10)).late

// The best of a window.
clicks
  .window(minutes)
  .top('best', 3, { compare: (one, other) => other.seconds - one.seconds })
  .map(([first]) => first?.page)
// @ts-expect-error it must be said what is better
clicks.window(minutes).top('best', 3, {})
// @ts-expect-error JSON would make text of the date
visits.window(minutes).top('best', 3, { compare: () => 0 })
visits.window(minutes).top('best', 3, { compare: () => 0, value: json<Visit>() })

// What is held back.
const limits: Table<string, number> = clicks.count('clicks')
limits.suppress('slow', { for: { seconds: 5 }, maxRows: 1000, whenFull: 'stop' }).map((count) => count + 1)
from(table('limits', { value: number })).suppress('slow-limits', { for: { seconds: 5 } })
// @ts-expect-error only windows close
limits.suppress('slow', { until: 'close' })
// @ts-expect-error for how long
limits.suppress('slow', {})
// @ts-expect-error rows of a table are in its store already
limits.suppress('slow', { for: { seconds: 5 }, whenFull: 'spill' })
// @ts-expect-error windows wait until they close
results.updates().suppress('once', { for: { seconds: 5 } })
// @ts-expect-error a final row is never held back
results.suppress('once', { until: 'close' })

// Rows of folds without windows may vanish, those of windows do anyway.
clicks.count('clicks', { ttl: { days: 1 } })
clicks.aggregate('total', total, { ttl: { days: 1 } })
// @ts-expect-error windows have their own end
clicks.window(minutes).count('clicks', { ttl: { days: 1 } })
