/** Groups: who owns what, from generation to generation. */
import { describe, expect, it } from 'vitest'
import { joinCooperatively, type RecordedMember, standIn } from './members.ts'
import { promised } from './promised.ts'
import { startProxy } from './proxy.ts'
import { type Bench, errorOf, unique, until } from './tools.ts'

const quickSession = { milliseconds: 1_500 }

export function groupContract(bench: Bench): void {
  const all = [0, 1, 2, 3]
  const holdings = (...members: RecordedMember[]): number[] =>
    members.flatMap(({ owned }) => owned.map(({ partition }) => partition)).sort((left, right) => left - right)
  const inBalance = (...members: RecordedMember[]): boolean =>
    holdings(...members).join() === all.join() &&
    members.every(({ owned }) => owned.length === all.length / members.length)

  describe('a group', () => {
    it('gives everything to its only member', async () => {
      const topic = await bench.topic(4)
      const member = await joinCooperatively(bench.kafka, unique('group'), topic, 'one')
      expect(holdings(member)).toEqual(all)
      expect(member.membership.generation).toBeGreaterThan(0)
      await member.membership.leave()
    })

    it('hands partitions over without taking away the kept ones', async () => {
      const topic = await bench.topic(4)
      const group = unique('group')
      const given: number[] = []
      const first = await joinCooperatively(bench.kafka, group, topic, 'one', {
        revoked: async (partitions) => {
          given.push(...partitions.map(({ partition }) => partition))
        },
      })
      const second = await joinCooperatively(await bench.client(), group, topic, 'two')
      await until('both hold two partitions', () => inBalance(first, second))
      const kept = first.owned.map(({ partition }) => partition)
      for (const assignment of first.history) for (const partition of kept) expect(assignment).toContain(partition)
      // Nobody got a partition in the generation that took it from another.
      expect(second.history[0]).toEqual([])
      expect(given.sort()).toEqual(second.owned.map(({ partition }) => partition).sort())
      await second.membership.leave()
      await until('the first holds everything again', () => inBalance(first))
      expect([first.losses, second.losses]).toEqual([[], []])
      await first.membership.leave()
    })

    it('forms a new generation when a member asks for it, whoever leads', async () => {
      const topic = await bench.topic(4)
      const group = unique('group')
      const first = await joinCooperatively(bench.kafka, group, topic, 'one')
      const second = await joinCooperatively(await bench.client(), group, topic, 'two')
      await until('both hold two partitions', () => inBalance(first, second))
      for (const { membership } of [first, second]) {
        await until(
          'both are in the same generation',
          () => first.membership.generation === second.membership.generation,
        )
        const before = membership.generation
        membership.rejoin()
        await until('a new generation', () => first.settledIn > before && second.settledIn > before)
      }
      expect(inBalance(first, second)).toBe(true)
      await first.membership.leave()
      await second.membership.leave()
    })

    it('confirms a living member, and tells one that has left', async () => {
      const member = await joinCooperatively(bench.kafka, unique('group'), await bench.topic(4), 'one')
      await member.membership.confirm()
      await member.membership.leave()
      expect(await errorOf(member.membership.confirm())).not.toBe(null)
    })

    it('keeps the positions of a member in its generation, and refuses those of any other', async () => {
      const topic = await bench.topic(2)
      const group = unique('group')
      const place = { topic, partition: 1 }
      const position = async () => (await bench.kafka.positions(group, [place]))[0]?.offset
      const first = await joinCooperatively(bench.kafka, group, topic, 'one')
      expect(await position()).toBe(-1)
      await bench.kafka.commit(first.membership, [{ ...place, offset: 7 }])
      expect(await position()).toBe(7)
      const zombie = standIn(first.membership)
      const second = await joinCooperatively(await bench.client(), group, topic, 'two')
      const late = await errorOf(bench.kafka.commit(zombie, [{ ...place, offset: 3 }]))
      expect([late?.fault, late?.reason]).toEqual(['fenced', 'ILLEGAL_GENERATION'])
      const gone = standIn(second.membership)
      await second.membership.leave()
      const unknown = await errorOf(bench.kafka.commit(gone, [{ ...place, offset: 4 }]))
      expect([unknown?.fault, unknown?.reason]).toEqual(['fenced', 'UNKNOWN_MEMBER_ID'])
      expect(await position()).toBe(7)
      await first.membership.leave()
    })

    promised(bench, 'staticMembers', () => {
      it('gives a static member that returns its place, without a rebalance', async () => {
        const topic = await bench.topic(4)
        const group = unique('group')
        const stays = await joinCooperatively(bench.kafka, group, topic, 'stays', { instanceId: unique('stays') })
        const instanceId = unique('returns')
        const leaves = await joinCooperatively(await bench.client(), group, topic, 'leaves', { instanceId })
        await until('both hold two partitions', () => inBalance(stays, leaves))
        await until('both rest', () => stays.settledIn === leaves.settledIn)
        const { generation } = stays.membership
        const assignments = stays.history.length
        await leaves.membership.leave({ keepPlace: true })
        const returned = await joinCooperatively(await bench.client(), group, topic, 'leaves', { instanceId })
        expect(returned.owned).toEqual(leaves.owned)
        await stays.membership.confirm()
        expect(stays.membership.generation).toBe(generation)
        expect(stays.history.length).toBe(assignments)
        await returned.membership.leave()
        await until('the other holds everything', () => inBalance(stays))
        await stays.membership.leave()
      })

      it('tells a static member that another one has its name', async () => {
        const topic = await bench.topic(4)
        const group = unique('group')
        const instanceId = unique('name')
        const first = await joinCooperatively(bench.kafka, group, topic, 'one', { instanceId })
        const second = await joinCooperatively(await bench.client(), group, topic, 'two', { instanceId })
        await until('the first has lost its place', () => first.losses.length > 0)
        expect(first.losses.map(({ fault, reason }) => [fault, reason])).toEqual([['fenced', 'FENCED_INSTANCE_ID']])
        expect(first.owned).toEqual([])
        expect(holdings(second)).toEqual(all)
        await second.membership.leave()
      })
    })

    it('takes a member that was silent too long for lost, and takes it back as a new one', async () => {
      const topic = await bench.topic(4)
      const group = unique('group')
      const proxy = await startProxy(bench.broker.brokers)
      const silent = await joinCooperatively(await bench.client(proxy.address), group, topic, 'silent', {
        sessionTimeout: quickSession,
      })
      const before = silent.membership.memberId
      proxy.freeze()
      const heir = await joinCooperatively(bench.kafka, group, topic, 'heir')
      await until('the heir holds everything', () => inBalance(heir))
      expect(silent.losses).toEqual([])
      proxy.release()
      await until('both hold two partitions', () => inBalance(silent, heir))
      expect(silent.losses.map(({ fault, reason }) => [fault, reason])).toEqual([['fenced', 'UNKNOWN_MEMBER_ID']])
      expect(silent.membership.memberId).not.toBe(before)
      await silent.membership.leave()
      await heir.membership.leave()
      await proxy.close()
    })
  })
}
