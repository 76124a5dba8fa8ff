import { describe, expect, it } from 'vitest'
import { committed, countedWords, countsOf, expectedCounts, type RuntimeBench, wordLines } from './runtime-tools.ts'
import { until } from './tools.ts'

export function boundedRunContract(bench: RuntimeBench): void {
  describe('a bounded run', () => {
    it('counts every record once, in windows that all close', async () => {
      const { built, lines, counts, late } = countedWords()
      await bench.create(3, lines.name, counts, late)
      const inputs = wordLines(300)
      await bench.produce(lines.name, inputs)
      const summary = await bench.run(built)
      expect(summary).toMatchObject({ recordsIn: 300 + 900, late: 0, deadLetters: 0, aborts: 0 })
      expect(countsOf(await bench.read(counts))).toEqual(expectedCounts(inputs))
    })

    it('ends at once where nothing is in the input', async () => {
      const { built, lines, counts, late } = countedWords()
      await bench.create(3, lines.name, counts, late)
      const summary = await bench.run(built)
      expect(summary).toMatchObject({ recordsIn: 0, recordsOut: 0 })
      expect(await bench.read(counts)).toEqual([])
    })

    it('is done when it is run again under its id', async () => {
      const { built, lines, counts, late } = countedWords()
      await bench.create(3, lines.name, counts, late)
      const inputs = wordLines(60)
      await bench.produce(lines.name, inputs)
      await bench.run(built, { runId: 'once' })
      const again = await bench.run(built, { runId: 'once' })
      expect(again).toMatchObject({ recordsIn: 0, recordsOut: 0 })
      expect(countsOf(await bench.read(counts))).toEqual(expectedCounts(inputs))
    })

    it('goes on where the last one ended: what was closed stays closed, and what is behind it is late', async () => {
      const { built, lines, counts, late } = countedWords()
      await bench.create(3, lines.name, counts, late)
      const first = wordLines(60)
      await bench.produce(lines.name, first)
      await bench.run(built)
      const early = { value: 'too late', time: 600_000, partition: 0 }
      const second = Array.from({ length: 30 }, (_, index) => ({
        value: 'new',
        time: 9_000_000 + index * 1_000,
        partition: index % 3,
      }))
      await bench.produce(lines.name, [early, ...second])
      const summary = await bench.run(built)
      expect(summary).toMatchObject({ late: 2 })
      const refused = (await bench.read(late)).map(({ value }) => value!.toString())
      expect(refused.sort()).toEqual(['late', 'too'])
      expect(countsOf(await bench.read(counts))).toEqual(expectedCounts([...first, ...second]))
    })

    it('shares its tasks among workers, and ends for all of them', async () => {
      const { built, lines, counts, late } = countedWords()
      await bench.create(3, lines.name, counts, late)
      const inputs = wordLines(600)
      await bench.produce(lines.name, inputs)
      const workers = ['one', 'two'].map((instance) => bench.run(built, { instance, runId: 'shared' }))
      const summaries = await Promise.all(workers)
      expect(summaries.map(({ runId }) => runId)).toEqual(['shared', 'shared'])
      expect(countsOf(await bench.read(counts))).toEqual(expectedCounts(inputs))
    })

    it('continues an unbounded run that was stopped', async () => {
      const { built, lines, counts, late } = countedWords()
      await bench.create(3, lines.name, counts, late)
      const inputs = wordLines(200)
      await bench.produce(lines.name, inputs.slice(0, 120))
      const worker = bench.start(built, { instance: 'steady' })
      await until(
        'the first lines are committed',
        async () => (await committed(bench, built.name, lines.name, 3)) === 120,
      )
      await worker.stop()
      await bench.produce(lines.name, inputs.slice(120))
      const summary = await bench.run(built, { instance: 'steady' })
      expect(summary.restoredRows).toBeGreaterThan(0)
      expect(countsOf(await bench.read(counts))).toEqual(expectedCounts(inputs))
    })
  })
}
