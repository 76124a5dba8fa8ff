/** What is told of topics at a glance: which there are, and from when their records are. */
import { describe, expect, it } from 'vitest'
import { BatchBuilder } from '../../src/wire/batch.ts'
import type { Bench } from './tools.ts'

export function listContract(bench: Bench): void {
  describe('topics at a glance', () => {
    it('those there are can be listed, with their partitions', async () => {
      const names = [await bench.topic(1), await bench.topic(3)]
      const listed = await bench.kafka.topics.list?.()
      expect(listed).toEqual(
        expect.arrayContaining([
          { name: names[0], exists: true, partitions: 1 },
          { name: names[1], exists: true, partitions: 3 },
        ]),
      )
    })

    it('the times of first and latest records are told without a read, or the call is lacking', async () => {
      const topic = await bench.topic(2)
      const producer = bench.kafka.producer()
      const batch = new BatchBuilder()
      for (const time of [5_000, 9_000, 7_000]) batch.append(time, null, 'x')
      await producer.append({ topic, partition: 0 }, batch)
      await producer.close()
      const places = [0, 1].map((partition) => ({ topic, partition }))
      const { times } = bench.kafka
      const told = times && [await times(places, 'first'), await times(places, 'latest')]
      expect(told ?? 'lacking').toEqual(
        times === undefined
          ? 'lacking'
          : [
              [5_000, null],
              [9_000, null],
            ],
      )
    })
  })
}
