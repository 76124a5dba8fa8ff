/** What a thread leaves open when it dies does not hold up those who come after it. */
import { describe, expect, it } from 'vitest'
import { soleMember } from './members.ts'
import { countedWords, countsOf, expectedCounts, type RuntimeBench, wordLines } from './runtime-tools.ts'
import { until } from './tools.ts'

export function leftoverContract(bench: RuntimeBench): void {
  describe('a worker that finds the transaction of one that is gone', () => {
    it('ends it and goes on, although nobody of that time is left', async () => {
      const { built, lines, counts, late } = countedWords()
      await bench.create(3, lines.name, counts, late)
      const inputs = wordLines(60)
      await bench.produce(lines.name, inputs)
      const ghost = `${built.name}-ghost-0`
      const transactions = bench.kafka.transactions(ghost, { timeout: { minutes: 10 } })
      const member = await soleMember(bench.kafka, built.name, lines.name)
      await transactions.init()
      await transactions.offsets(member, [{ topic: lines.name, partition: 0, offset: 1 }])
      await member.leave()
      await bench.run(built)
      expect(countsOf(await bench.read(counts))).toEqual(expectedCounts(inputs))
      await until('the transaction of the ghost has ended', async () => {
        return (await bench.kafka.admin.transactions.describe([ghost])).get(ghost) !== 'Ongoing'
      })
    })
  })
}
