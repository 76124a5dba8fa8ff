/** What a peer in JavaScript is asked, and how it tells when it began and ended. */
import { parseArgs } from 'node:util'
import { systemClock } from '../../../scripts/tools/world.ts'
import type { PeerRequest } from '../peer.ts'

/** The words of `wordsOf`, read again. @throws Error when one is missing */
export function readRequest(words: readonly string[]): PeerRequest {
  const { values } = parseArgs({
    args: [...words],
    options: {
      brokers: { type: 'string' },
      work: { type: 'string' },
      app: { type: 'string' },
      output: { type: 'string' },
      threads: { type: 'string', default: '1' },
      records: { type: 'string' },
    },
  })
  const { brokers, work, app, output, threads, records } = values
  if (brokers === undefined || work === undefined || app === undefined || output === undefined) {
    throw new Error('--brokers, --work, --app and --output are needed')
  }
  const asked = { brokers, work, app, output, threads: Number(threads) }
  return records === undefined ? asked : { ...asked, records: Number(records) }
}

/** Counts records until there are as many as were asked for. */
export class Tally {
  private readonly wanted: number
  private readonly done = Promise.withResolvers<void>()
  private startedAt: number | null = null
  private endedAt = 0
  private committed = 0

  constructor(wanted: number) {
    this.wanted = wanted
  }

  /** Called with every record or batch that is taken; the first call counts. */
  started(): void {
    this.startedAt ??= systemClock.now()
  }

  /** So many more are committed. */
  commit(records: number): void {
    if (this.committed >= this.wanted) return
    this.committed += records
    this.endedAt = systemClock.now()
    if (this.committed >= this.wanted) this.done.resolve()
  }

  /** Resolves when all that were wanted are committed. */
  get complete(): Promise<void> {
    return this.done.promise
  }

  /** The last line to print. @param endedAt where a framework doesn't say when it has committed: when it had ended */
  line(endedAt: number = this.endedAt): string {
    return JSON.stringify({ startedAt: this.startedAt, endedAt, records: this.committed })
  }
}
