/**
 * What a peer is: a program of its own that does a work of ours with another engine, and says when it began and ended.
 *
 * Every program takes the words of `wordsOf`. It reads the input topics from their beginning up to the ends they have at
 * its start, exactly once, ends by itself with code 0 when its last transaction is committed, and prints as its last
 * line on stdout `{"startedAt":…,"endedAt":…}` in wall-clock milliseconds. Two works differ:
 * - `latency` reads `latency.bids` (4 partitions, bids as in `nexmark.bids`), maps each bid as `map` does into the output
 *   with a commit interval of 100 ms, and runs until SIGTERM; it need not print anything.
 * - `restore` reads `bench.visits` (1 partition, `records` keys), counts per key in windows of a day into a store,
 *   stops, loses its directory, starts again and restores the store. It prints the times at which the restore began
 *   and ended, and `"records"`: the rows restored.
 */

/** One turn of a peer. */
export interface PeerRequest {
  /** `host:port`, several with commas between. */
  readonly brokers: string
  readonly work: string
  /** Application or group id, transactional id prefix: no other turn has it. */
  readonly app: string
  /** The topic to write into: it exists, with 4 partitions, and is empty. */
  readonly output: string
  readonly threads: number
  /** Stop when so many input records are committed; absent: at the end of the input. */
  readonly records?: number
}

/** A program to start, without a shell. */
export interface PeerProgram {
  readonly program: string
  readonly arguments: readonly string[]
  /** Beside that of the bench. */
  readonly environment?: Readonly<Record<string, string>>
}

/** Another engine. */
export interface PeerCommand {
  /** For rows: `flink`, `flink-rocksdb`, `kafka-streams`, `kafkajs`, `quix`, `kafkats`. */
  readonly name: string
  readonly version: string
  /** The works it can do. */
  readonly works: readonly string[]
  /** Numbers of threads worth a turn, the best first: the short form takes the first, the full form all. */
  readonly threads: readonly number[]
  /** Too slow for the whole input: it is asked for as many records as it should finish in 60 s. */
  readonly recordsInAMinute?: number
  /** How it is set up, for the page: `exactly-once sink, linger 100 ms, checkpoints every second`. */
  readonly settings: string
  /** Fetches and compiles what it needs; does nothing when all is there. @throws Error with a sentence when it can't */
  prepare(): Promise<void>
  command(request: PeerRequest): PeerProgram
}

/** What a peer says of a turn. */
export interface PeerTimes {
  /** Milliseconds since 1970: the first record was taken. */
  readonly startedAt: number
  /** The last commit was acknowledged. */
  readonly endedAt: number
  /** Only where the bench does not know how many they were. */
  readonly records?: number
}

/**
 * A request as the words every peer takes; its own flags come before or after.
 * @example wordsOf({ brokers: 'localhost:9092', work: 'q0', app: 'a', output: 'out.flink.q0', threads: 1 })
 */
export function wordsOf({ brokers, work, app, output, threads, records }: PeerRequest): string[] {
  const prefix = records === undefined ? [] : ['--records', String(records)]
  const words = ['--brokers', brokers, '--work', work, '--app', app, '--output', output, '--threads', String(threads)]
  return [...words, ...prefix]
}

/**
 * The times in what a peer printed.
 * @example timesOf('…\n{"startedAt":1000,"endedAt":2000}\n').endedAt // 2000
 * @throws Error when the last line does not say them
 */
export function timesOf(printed: string): PeerTimes {
  const line = printed.trimEnd().split('\n').at(-1) ?? ''
  const times = parse(line)
  if (times !== null && times.endedAt > times.startedAt) return times
  throw new Error(`its last line does not say when it began and ended: ${line.slice(0, 200)}`)
}

function parse(line: string): PeerTimes | null {
  try {
    const times = JSON.parse(line) as PeerTimes | null
    return typeof times?.startedAt === 'number' && typeof times.endedAt === 'number' ? times : null
  } catch {
    return null
  }
}
