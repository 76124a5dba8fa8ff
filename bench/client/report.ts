/** What one process of the client bench says of itself, and the words it is started with. */

export const clientWorks = ['produce', 'consume', 'transaction'] as const
export type ClientWork = (typeof clientWorks)[number]

/** Bytes of every record's value; there is no key. */
export const recordBytes = 100
/** Of every topic. A transaction writes to the first three. */
export const topicPartitions = 4
export const transactionPartitions = 3
/** Records a transaction writes to each of its partitions. */
export const recordsPerPartition = 10

export interface Assignment {
  readonly work: ClientWork
  readonly brokers: string
  readonly topic: string
  /** Records to write or read; transactions to make. */
  readonly count: number
}

export interface Report {
  readonly count: number
  /** From the first call to the last acknowledgement, or the last record read. */
  readonly seconds: number
  /** Of the whole process. */
  readonly cpuSeconds: number
  readonly peakRssBytes: number
  /** Begin to committed. Null for works without transactions. */
  readonly p50Ms: number | null
  readonly p99Ms: number | null
}

/** The assignment as the words of a command. */
export function wordsOf({ work, brokers, topic, count }: Assignment): string[] {
  return [work, brokers, topic, String(count)]
}

/** @throws Error when the words are not those of `wordsOf` */
export function assignmentOf(words: readonly string[]): Assignment {
  const [work, brokers, topic, count] = words
  const known = clientWorks.find((name) => name === work)
  if (known === undefined || !brokers || !topic || !count) throw new Error(`not an assignment: ${words.join(' ')}`)
  return { work: known, brokers, topic, count: Number(count) }
}

/** The value at a share of the sorted times, such as 0.5. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
