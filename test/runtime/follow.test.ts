import { describe, expect, it } from 'vitest'
import { type Kafka, KafkaError } from '../../src/kafka/port.ts'
import { follow } from '../../src/runtime/restore/restore.ts'

describe('following a topic', () => {
  it('says so when it can go no further: what it has shown would else be taken for the present', async () => {
    const lost = new KafkaError('fatal', 'UNKNOWN_TOPIC_OR_PARTITION', 'Fetch', 'deleted')
    let polls = 0
    const kafka = {
      offsets: async () => [{ topic: 'rates', partition: 0, offset: 0 }],
      fetcher: () => ({
        seek: () => undefined,
        wake: () => undefined,
        close: async () => undefined,
        poll: async () => {
          if (++polls > 1) throw lost
          return []
        },
      }),
    } as unknown as Kafka
    const failed = Promise.withResolvers<unknown>()
    const follower = await follow(kafka, [{ topic: 'rates', partition: 0 }], () => undefined, failed.resolve)
    await follower.caughtUp
    expect(await failed.promise).toBe(lost)
    await follower.close()
  })
})
