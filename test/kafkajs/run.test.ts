/** Topologies over kafkajs: exactly once is refused with the reason, at least once works. */
import { describe, expect, it } from 'vitest'
import { run } from '../../src/index.ts'
import { kafkajs } from '../../src/kafka/kafkajs/index.ts'
import { atLeastOnceContract } from '../contracts/runtime-at-least-once.ts'
import { countedWords } from '../contracts/runtime-tools.ts'

atLeastOnceContract('kafkajs', (brokers, clientId) => kafkajs({ brokers: [brokers], clientId, requestTimeout: 2_000 }))

describe('a topology over kafkajs', () => {
  it('is refused where exactly once is wanted, before anything is asked of Kafka, and says why and what to do', async () => {
    const kafka = kafkajs({ brokers: ['localhost:1'] })
    await expect(run(countedWords().built, { kafka })).rejects.toMatchObject({
      kind: 'fatal',
      text: {
        code: 'MR2005',
        what: 'This Kafka client lacks what exactly once needs',
        why: expect.stringMatching(
          /exactlyOnce: .*since the producer of kafkajs .*requireStable: .*generationFence: .*TxnOffsetCommit 1/,
        ),
        fix: expect.stringMatching(/own client.*guarantee: 'at-least-once'/),
      },
    })
  })
})
