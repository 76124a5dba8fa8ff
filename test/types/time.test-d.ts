/** What the compiler refuses about time at a source. Each line below `@ts-expect-error` must not compile. */
import { from, number, table, text, topic } from '../../src/index.ts'

const readings = topic('readings', { key: text, value: number })

from(readings, { watermark: (value, { key, timestamp }) => (key.length > 0 ? value + timestamp : null) })
from(readings, { wait: 'never' })
from(readings, { wait: { milliseconds: 50 }, maxDrift: { minutes: 5 } })
// @ts-expect-error a watermark is a time in milliseconds, or null
from(readings, { watermark: () => 'noon' })
// @ts-expect-error a watermark is a time in milliseconds, not a date
from(readings, { watermark: () => new Date() })
// @ts-expect-error durations say their unit
from(readings, { wait: 50 })
// @ts-expect-error there is no such way to wait
from(readings, { wait: 'sometimes' })
// @ts-expect-error durations say their unit
from(readings, { maxDrift: 5 })
// @ts-expect-error the rows of a table have the time they have
from(table('prices', { value: number }), { watermark: () => 1 })
