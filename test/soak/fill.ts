/** Writes the input: two producers, each into a topic of its own, and the table beside them. */
import { BatchBuilder, type Kafka, partitionFor } from '../../scripts/tools/client.ts'
import { sleep, systemClock } from '../../scripts/tools/world.ts'
import { accounts, baseTime, headersOf, lateMilliseconds, RecordMaker } from './record.ts'
import { left, owners, partitions, right } from './topology.ts'

const tickMilliseconds = 25
/** A producer hands over no more at once: the two stay side by side. */
const mostAtOnce = 1_000

/** A row per account, all older than any record. */
export async function fillOwners(kafka: Kafka): Promise<void> {
  const producer = kafka.producer()
  const batches = Array.from({ length: partitions }, () => new BatchBuilder())
  for (let number = 0; number < accounts; number++) {
    const account = `a-${number}`
    const row = JSON.stringify({ owner: `owner of ${account}` })
    batches[partitionFor(Buffer.from(account), partitions)]!.append(baseTime - 2 * lateMilliseconds, account, row)
  }
  await Promise.all(batches.map((batch, partition) => producer.append({ topic: owners.name, partition }, batch)))
  await producer.close()
}

export interface Filling {
  /** Records acknowledged so far. */
  readonly written: number
  /** Resolves when all are. */
  readonly done: Promise<void>
  /** @throws what it failed with, if it has */
  check(): void
}

/** @param allowed how many may be written by now; all of them: as fast as it goes */
export function fill(kafka: Kafka, records: number, allowed: () => number): Filling {
  const sources = [left, right].map(({ name }, producer) => new Source(kafka, name, producer, records / 2))
  let written = 0
  const work = async (): Promise<void> => {
    while (written < records) {
      const each = Math.min(mostAtOnce, Math.floor((allowed() - written) / sources.length))
      if (each > 0) written += await step(sources, each)
      if (allowed() < records) await sleep(systemClock, tickMilliseconds)
    }
    for (const source of sources) await source.close()
  }
  let failure: { readonly error: unknown } | null = null
  const done = work()
  done.catch((error: unknown) => {
    failure = { error }
  })
  return {
    get written() {
      return written
    },
    done,
    check() {
      if (failure !== null) throw failure.error
    },
  }
}

async function step(sources: readonly Source[], each: number): Promise<number> {
  await Promise.all(sources.map((source) => source.write(each)))
  return each * sources.length
}

class Source {
  readonly #topic: string
  readonly #maker: RecordMaker
  readonly #producer: ReturnType<Kafka['producer']>
  readonly #batches = Array.from({ length: partitions }, () => new BatchBuilder())

  constructor(kafka: Kafka, topic: string, producer: number, count: number) {
    this.#topic = topic
    this.#maker = new RecordMaker(producer, count)
    this.#producer = kafka.producer()
  }

  /** Resolves when they are acknowledged. */
  async write(count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      const { record, bytes, ailment } = this.#maker.next()
      const headers = ailment === 'well' ? [] : headersOf(record.seq)
      const batch = this.#batches[partitionFor(Buffer.from(record.key), partitions)]!
      batch.append(record.eventTime, record.key, bytes, headers)
    }
    const filled = [...this.#batches.entries()].filter(([, batch]) => batch.count > 0)
    const appends = filled.map(([partition, batch]) => this.#producer.append({ topic: this.#topic, partition }, batch))
    await Promise.all(appends)
  }

  close(): Promise<void> {
    return this.#producer.close()
  }
}
