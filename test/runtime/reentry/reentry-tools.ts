/** Records put into topics of ours by hand: what the commands write there. */
import { type Reentry, reentryHeaders } from '../../../src/runtime/reentry/headers.ts'
import type { Flow } from '../../../src/testing/drive.ts'

/** A record as a redrive brings it. */
export interface Again {
  readonly key: string | null
  readonly value: string | null
  readonly time: number
  readonly headers?: Readonly<Record<string, string>>
  readonly reentry: Partial<Reentry> & Pick<Reentry, 'topic' | 'offset'>
}

export function reentryWith(given: Again['reentry']): Reentry {
  return {
    partition: 0,
    timestampType: 'CreateTime',
    attempts: 1,
    firstFailedAt: 1,
    hops: 0,
    dueAt: 0,
    redriveCount: 1,
    job: 'job-1',
    ...given,
  }
}

/** @param topic in full, such as `shop.redrive.orders` */
export function putAgain(flow: Flow, topic: string, { key, value, time, headers = {}, reentry }: Again): void {
  const own = reentryHeaders(reentryWith(reentry)).map(({ name, value: bytes }) => [name, String(bytes)] as const)
  const bytes = value === null ? null : Buffer.from(value)
  flow.putBytes({ name: topic }, bytes, {
    ...(key !== null && { key: Buffer.from(key) }),
    time,
    partition: reentry.partition ?? 0,
    headers: { ...headers, ...Object.fromEntries(own) },
  })
}
