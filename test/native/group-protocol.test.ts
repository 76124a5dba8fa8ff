import { describe, expect, it } from 'vitest'
import { decodeMember, decodeShare, encodeClaim, encodeShare } from '../../src/kafka/native/group/group-protocol.ts'

const partitions = [
  { topic: 'a', partition: 0 },
  { topic: 'a', partition: 3 },
  { topic: 'b', partition: 1 },
]

describe('what members tell each other', () => {
  it('comes through as it was', () => {
    const claim = encodeClaim({ topics: ['a', 'b'], owned: partitions, userData: Buffer.from('tasks'), generation: 4 })
    const member = decodeMember({ memberId: 'm', groupInstanceId: 'i', metadata: claim })
    expect(member).toEqual({
      memberId: 'm',
      instanceId: 'i',
      topics: ['a', 'b'],
      owned: partitions,
      userData: Buffer.from('tasks'),
    })
    const share = decodeShare(5, encodeShare({ partitions, userData: Buffer.from('plan') }))
    expect(share).toEqual({ generation: 5, partitions, userData: Buffer.from('plan') })
  })

  it('differs from generation to generation, so that a join is never taken for the last one', () => {
    const claim = { topics: ['a'], owned: [], userData: Buffer.alloc(0) }
    expect(encodeClaim({ ...claim, generation: 1 }).equals(encodeClaim({ ...claim, generation: 2 }))).toBe(false)
  })

  it('of a member that speaks gibberish is: it wants nothing and owns nothing', () => {
    for (const metadata of [Buffer.alloc(0), Buffer.from('garbage'), Buffer.from([0, 1, 127, 255, 255, 255])]) {
      const member = decodeMember({ memberId: 'm', groupInstanceId: null, metadata })
      expect([member.topics, member.owned, member.userData.length]).toEqual([[], [], 0])
    }
  })

  it('is nothing for a member the leader forgot', () => {
    expect(decodeShare(3, Buffer.alloc(0)).partitions).toEqual([])
  })
})
