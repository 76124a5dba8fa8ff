import { expect, test } from 'vitest'
import { FetchSessions } from '../../src/broker/fetch/sessions.ts'
import type { FetchRequest } from '../../src/broker/fetch/wanted.ts'
import { startBroker } from '../../src/broker/index.ts'
import { seededRandom } from '../../src/random.ts'
import { fetchSessionContract } from '../contracts/fetch-sessions.ts'

fetchSessionContract('the embedded broker', async () => {
  const broker = await startBroker()
  return { address: broker.address, stop: () => broker.close() }
})

test('there are only so many sessions; one that is idle for two minutes gives way', () => {
  const sessions = new FetchSessions(seededRandom(1), 2)
  const partitions = [
    {
      partition: 0,
      currentLeaderEpoch: -1,
      fetchOffset: 0,
      lastFetchedEpoch: -1,
      logStartOffset: -1,
      partitionMaxBytes: 1,
    },
  ]
  const request = { sessionId: 0, sessionEpoch: 0, topics: [{ topic: 't', topicId: '', partitions }] }
  const open = (now: number): number => {
    const round = sessions.begin(request as unknown as FetchRequest, 12, now)
    return typeof round === 'number' ? -1 : round.finish([]).sessionId
  }
  expect([open(0) > 0, open(60_000) > 0, open(119_999), open(120_000) > 0, sessions.count]).toEqual([
    true,
    true,
    0,
    true,
    2,
  ])
})
