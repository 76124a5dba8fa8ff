/** Compacted logs: batches from which every record is gone still count. */
import { describe, expect, it } from 'vitest'
import type { FetchedPartition, Kafka } from '../../src/kafka/port.ts'
import type { TopicPartition } from '../../src/record.ts'
import { BatchBuilder } from '../../src/wire/batch.ts'
import { type Bench, connected, endOf, readUpTo, rowsOf, until } from './tools.ts'

/** Compaction as soon and as often as Kafka can be made to. */
const compacted = { 'cleanup.policy': 'compact', 'segment.ms': '50', 'min.cleanable.dirty.ratio': '0.001' }

export function compactionContract(bench: Bench): void {
  describe('a compacted log', () => {
    it('is read to its end, over batches that compaction has emptied', async () => {
      const place = { topic: await bench.topic(1, compacted), partition: 0 }
      const [overwritten, latest] = [bench.kafka.producer(), bench.kafka.producer()]
      // The last batch of an idempotent producer stays for its sequence, when its records are gone.
      await overwritten.append(place, freshBatch('a=1', 'b=1'))
      // So large that an answer to who asks for 1 MiB ends behind the empty batch.
      await latest.append(place, freshBatch('a=2', 'b=2', `c=${largest('a=2', 'b=2', 'c=')}`))
      const witnessed = await readCompacted(bench, place, latest)
      const empty = witnessed.flatMap(({ batches }) => batches).filter(({ recordCount }) => recordCount === 0)
      expect(empty.map(({ baseOffset, nextOffset }) => [baseOffset, nextOffset])).toContainEqual([0, 2])
      const end = await endOf(bench.kafka, place)
      const fetched = await readAll(bench.kafka, place)
      expect(fetched.at(-1)!.nextOffset).toBe(end)
      const state = new Map(
        fetched.flatMap(({ batches }) => batches.flatMap(rowsOf)).map(({ key, value }) => [key, value]),
      )
      expect([state.get('a'), state.get('b'), state.get('c')?.length]).toEqual([
        '2',
        '2',
        largest('a=2', 'b=2', 'c=').length,
      ])
      await overwritten.close()
      await latest.close()
    })
  })

  /** Writes on, so that segments roll, until the first batch is empty: so says a client that shows every batch. */
  async function readCompacted(
    { kafka, broker }: Bench,
    place: TopicPartition,
    producer: ReturnType<typeof kafka.producer>,
  ) {
    const witness = await connected(broker.brokers)
    let fetched: FetchedPartition[] = []
    await until('the first batch is empty', async () => {
      await producer.append(place, freshBatch('rolled=1'))
      await broker.compact(place.topic)
      fetched = await readAll(witness, place)
      return fetched[0]!.batches[0]!.recordCount === 0
    })
    await witness.close()
    return fetched
  }
}

async function readAll(kafka: Kafka, place: TopicPartition): Promise<FetchedPartition[]> {
  const fetcher = kafka.fetcher({ isolation: 'read_committed' })
  fetcher.seek(place, 0)
  const fetched = await readUpTo(fetcher, [{ ...place, offset: await endOf(kafka, place) }])
  await fetcher.close()
  return fetched
}

/** Kafka rolls segments by the times of their records. */
function freshBatch(...rows: string[]): BatchBuilder {
  const batch = new BatchBuilder()
  for (const row of rows) batch.append(Date.now(), ...(row.split('=', 2) as [string, string]))
  return batch
}

/** A value which makes the batch of `rows` almost as large as Kafka takes: 1,048,588 bytes. */
function largest(...rows: string[]): string {
  const lengthsGrowBy = 4
  return 'x'.repeat(1_048_570 - lengthsGrowBy - freshBatch(...rows).sizeInBytes)
}
