/** Tasks elsewhere hear how far one is when it commits: with `maxDrift` it commits as often as they need that. */
import { expect, test } from 'vitest'
import { from, text, topic, topology } from '../../../src/index.ts'
import { suiteBench } from '../../contracts/suite-bench.ts'

const noon = Date.UTC(2026, 0, 1, 12)
const hour = 3_600_000
const hours = 40
const bench = suiteBench()

// Every second hour someone has to hear of the other: at this commit interval a single wait for it fails the test.
test.each(Array.from({ length: 8 }, (_, run) => run))(
  'run %i: two workers that commit seldom still get to the end of 40 hours, two at a time',
  async (run) => {
    const [events, seen] = [`events-${run}`, `seen-${run}`]
    await bench.create(2, events, seen)
    const built = topology(
      `seldom-${run}`,
      from(topic(events, { value: text }), { maxDrift: { hours: 2 } })
        .map((value) => value)
        .to(topic(seen, { value: text })),
    )
    for (const partition of [0, 1]) {
      const inputs = Array.from({ length: hours }, (_, at) => ({ value: `${at}`, time: noon + at * hour, partition }))
      await bench.produce(events, inputs)
    }
    const runs = ['left', 'right'].map((instance) => bench.run(built, { instance, commitInterval: { minutes: 10 } }))
    const summaries = await Promise.all(runs)
    expect(summaries.reduce((sum, { recordsIn }) => sum + recordsIn, 0)).toBe(2 * hours)
    expect(await bench.read(seen)).toHaveLength(2 * hours)
  },
)
