/** What `topology describe` says of windows and of what holds them back. */
import { expect, test } from 'vitest'
import {
  compile,
  countWindow,
  cumulate,
  describe as describeTopology,
  from,
  globalWindow,
  json,
  onChange,
  onEventTime,
  onRecords,
  onWallClock,
  type SinkNode,
  session,
  sliding,
  text,
  topic,
  topology,
  tumbling,
} from '../../../src/index.ts'
import { ms } from './flows.ts'

const keyed = from(topic('in', { key: text, value: json<number>() }))
const output = topic('out', { key: text, value: json<unknown>() })
const tens = keyed.window(tumbling(ms(10), { grace: ms(5) }))

const sinks: Readonly<Record<string, () => SinkNode>> = {
  'tumbling 10ms grace 5ms, a row when a window closes': () => tens.count('n').to(output),
  'tumbling 10ms grace 5ms, a row at the end of a window, and per late record': () =>
    tens.count('n').onTime().to(output),
  'tumbling 10ms grace 5ms, rows after every 3 records, and when a window closes': () =>
    tens.count('n').early(onRecords(3)).to(output),
  'rows every 1s of the wall clock, and when a window closes': () =>
    tens
      .count('n')
      .early(onWallClock({ seconds: 1 }))
      .to(output),
  'rows on a change, and when a window closes': () =>
    tens
      .count('n')
      .early(onChange(() => true))
      .to(output),
  'cumulate 1h step 10m, a row per change': () =>
    keyed
      .window(cumulate({ hours: 1 }, { step: { minutes: 10 } }))
      .count('n')
      .updates()
      .to(output),
  'sliding 10ms': () =>
    keyed
      .window(sliding(ms(10)))
      .count('n')
      .to(output),
  'session 6h grace 1m': () =>
    keyed
      .window(session({ hours: 6 }, { grace: { minutes: 1 } }))
      .count('n')
      .to(output),
  'count 100 every 10 timeout 1m, a row when a window closes': () =>
    keyed
      .window(countWindow(100, { every: 10, timeout: { minutes: 1 } }))
      .count('n')
      .to(output),
  'global, rows every 1m of event time, store': () =>
    keyed
      .window(globalWindow())
      .count('n')
      .early(onEventTime({ minutes: 1 }))
      .to(output),
  'count, rows live 1d, store app.n.changelog': () => keyed.count('n', { ttl: { days: 1 } }).to(output),
  'holds back for 5s, 10 rows at most, then emit, store app.slow.changelog': () =>
    keyed
      .count('n')
      .suppress('slow', { for: { seconds: 5 }, maxRows: 10 })
      .to(output),
  'holds back until windows close, store app.once.changelog': () =>
    tens.count('n').updates().suppress('once', { until: 'close' }).to(output),
}

test.each(Object.keys(sinks))('%s', (line) => {
  expect(describeTopology(compile(topology('app', sinks[line]!())), 'text')).toContain(line)
})
