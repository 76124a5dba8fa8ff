import { describe, expect, it } from 'vitest'
import { Metadata } from '../../src/kafka/native/cluster/metadata.ts'

const place = { topic: 'orders', partition: 0 }
const brokers = [1, 2].map((nodeId) => ({ nodeId, host: 'h', port: nodeId, rack: null }))

function answer(leaderId: number, leaderEpoch: number, more: { topicId?: string; errorCode?: number } = {}) {
  const partition = { errorCode: 0, partitionIndex: 0, leaderId, leaderEpoch, replicaNodes: [], isrNodes: [] }
  const { topicId = 'one', errorCode = 0 } = more
  const partitions = errorCode === 0 ? [{ ...partition, offlineReplicas: [] }] : []
  const topic = { name: 'orders', topicId, errorCode, isInternal: false, topicAuthorizedOperations: 0, partitions }
  return {
    throttleTimeMs: 0,
    brokers,
    clusterId: null,
    controllerId: 1,
    topics: [topic],
    clusterAuthorizedOperations: 0,
  }
}

function learned(...answers: ReturnType<typeof answer>[]): Metadata {
  const metadata = new Metadata()
  for (const each of answers) metadata.learn(each)
  return metadata
}

const led = (metadata: Metadata) => [metadata.leader(place), metadata.leaderEpoch(place)]

describe('the metadata', () => {
  it('never goes back to an older leader', () => {
    expect(led(learned(answer(2, 5), answer(1, 4)))).toEqual([2, 5])
  })

  it('takes the same epoch again: a leader may be gone without a new one', () => {
    expect(led(learned(answer(2, 5), answer(-1, 5)))).toEqual([-1, 5])
  })

  it('remembers epochs through an answer that knows nothing of the topic', () => {
    const metadata = learned(answer(2, 5), answer(1, 0, { errorCode: 3 }), answer(1, 4))
    expect(led(metadata)).toEqual([-1, -1])
    metadata.learn(answer(1, 6))
    expect(led(metadata)).toEqual([1, 6])
  })

  it('begins anew with a topic that was made anew', () => {
    expect(led(learned(answer(2, 5), answer(1, 0, { topicId: 'two' })))).toEqual([1, 0])
  })

  it('believes brokers that know no epochs', () => {
    expect(led(learned(answer(2, -1), answer(1, -1)))).toEqual([1, -1])
  })
})

describe('a hint', () => {
  it('is taken when it is newer', () => {
    const metadata = learned(answer(1, 5))
    expect(metadata.hint(place, { leaderId: 2, leaderEpoch: 6 })).toBe(true)
    expect(led(metadata)).toEqual([2, 6])
    metadata.learn(answer(1, 5))
    expect(led(metadata)).toEqual([2, 6])
  })

  it.each([
    ['an older or equal epoch', { leaderId: 2, leaderEpoch: 5 }],
    ['a node nobody has heard of', { leaderId: 3, leaderEpoch: 6 }],
    ['nothing', { leaderId: -1, leaderEpoch: -1 }],
  ])('of %s is not', (_, hint) => {
    const metadata = learned(answer(1, 5))
    expect(metadata.hint(place, hint)).toBe(false)
    expect(led(metadata)).toEqual([1, 5])
  })

  it('may bring the address of its node along', () => {
    const metadata = learned(answer(1, 5))
    metadata.learnNodes([{ nodeId: 3, host: 'new', port: 3 }])
    expect(metadata.hint(place, { leaderId: 3, leaderEpoch: 6 })).toBe(true)
    expect(metadata.address(3)).toEqual({ host: 'new', port: 3 })
  })

  it('is followed by every answer that gives it, not only by the first', () => {
    const metadata = learned(answer(1, 5))
    const hint = { leaderId: 2, leaderEpoch: 6 }
    expect([metadata.follow(place, 1, hint), metadata.follow(place, 1, hint)]).toEqual([true, true])
    expect(metadata.follow(place, 2, hint)).toBe(false)
    expect(metadata.follow(place, 1, { leaderId: -1, leaderEpoch: -1 })).toBe(false)
  })

  it('about a partition nobody has heard of is not taken', () => {
    expect(learned(answer(1, 5)).hint({ topic: 'orders', partition: 9 }, { leaderId: 2, leaderEpoch: 6 })).toBe(false)
  })
})
