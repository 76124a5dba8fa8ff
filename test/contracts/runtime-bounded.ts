import { describe, expect, it } from 'vitest'
import { from, text, topic, topology } from '../../src/index.ts'
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

    it('ends also when a worker outside the run held some of its tasks for a while', async () => {
      const { built, app, lines, counts, late } = countedWords()
      await bench.create(3, lines.name, counts, late)
      const inputs = wordLines(300)
      await bench.produce(lines.name, inputs.slice(0, 150))
      const outsider = bench.start(built, { instance: 'outsider' })
      await until('the outsider works', async () => (await committed(bench, built.name, lines.name, 3)) === 150)
      await bench.produce(lines.name, inputs.slice(150))
      const bounded = bench.start(built, { instance: 'bounded', until: 'end' })
      await until('all lines are through', async () => (await committed(bench, built.name, lines.name, 3)) === 300)
      await until('the outsider has taken what the bounded one sent', () =>
        isRead(bench, app, `${app}.word.repartition`),
      )
      await outsider.stop()
      await expect(bounded.ended).resolves.toMatchObject({ runId: expect.any(String) })
      expect(countsOf(await bench.read(counts))).toEqual(expectedCounts(inputs))
    })

    it('refuses a worker that was given another run than the group works at', async () => {
      const { built, lines, counts, late } = countedWords()
      await bench.create(3, lines.name, counts, late)
      await bench.produce(lines.name, wordLines(30))
      const outsider = bench.start(built, { instance: 'outsider' })
      await until('the outsider works', async () => (await committed(bench, built.name, lines.name, 3)) === 30)
      // The outsider keeps tasks, so the first run goes on until it leaves.
      const first = bench.start(built, { instance: 'first', until: 'end', runId: 'one' })
      await until('the run has begun', () => hasBegun(bench, built.name, 'one'))
      await expect(bench.run(built, { instance: 'second', runId: 'two' })).rejects.toMatchObject({
        text: { code: 'MR1005', why: expect.stringContaining('one bounded run') },
      })
      await outsider.stop()
      await expect(first.ended).resolves.toMatchObject({ runId: 'one' })
    })

    it('knows its tasks again when another part is put before them', async () => {
      const { built, lines, counts, late } = countedWords()
      const before = topic(`${built.name}.before`, { value: text })
      const after = topic(`${built.name}.after`, { value: text })
      await bench.create(3, lines.name, counts, late, before.name, after.name)
      await bench.produce(lines.name, wordLines(60))
      await bench.run(built)
      await bench.produce(lines.name, [{ value: 'too late', time: 600_000, partition: 0 }])
      const grown = topology(built.name, from(before).to(after), ...built.sinks)
      expect(await bench.run(grown)).toMatchObject({ late: 2 })
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

/** True when the group has committed all that is in a topic of three partitions. */
async function isRead(bench: RuntimeBench, group: string, name: string): Promise<boolean> {
  const places = [0, 1, 2].map((partition) => ({ topic: name, partition }))
  const ends = await bench.kafka.offsets(places, 'stable')
  const positions = await bench.kafka.positions(group, places)
  return ends.every(({ offset }, index) => positions[index]!.offset === offset)
}

/** True when a task has committed that it takes part in the run. */
async function hasBegun(bench: RuntimeBench, app: string, runId: string): Promise<boolean> {
  const rows = await bench.read(`${app}.progress`)
  return rows.some(({ value }) => value?.toString().includes(`"run":{"id":"${runId}"`))
}
