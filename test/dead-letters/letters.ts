/** Letters made by hand, for tests that need no Kafka. */

import type { DeadLetter } from '../../src/dead-letters/letter.ts'
import { reportOf } from '../../src/dead-letters/reading/headers.ts'
import type { RecordHeader } from '../../src/record.ts'

export function headersOf(values: Readonly<Record<string, string>>): RecordHeader[] {
  return Object.entries(values).map(([name, value]) => ({ name, value: Buffer.from(value) }))
}

/** Headers as our runtime writes them, without their prefixes; the app is `orders`. */
export function ownHeaders(values: Readonly<Record<string, string>>): RecordHeader[] {
  const streams = new Set(['exception', 'message', 'stacktrace', 'topic', 'partition', 'offset'])
  return headersOf({
    '__millrace.dlq.app': 'orders',
    ...Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        `${streams.has(name) ? '__streams.errors.' : '__millrace.dlq.'}${name}`,
        value,
      ]),
    ),
  })
}

export function letterOf(
  headers: readonly RecordHeader[],
  more: Partial<Pick<DeadLetter, 'key' | 'value' | 'partition' | 'offset' | 'time'>> = {},
): DeadLetter {
  const place = { queue: 'orders.dlq.orders', partition: 0, offset: 0, time: 0, key: null, value: null }
  return { ...place, ...more, headers, ...reportOf(headers) }
}
