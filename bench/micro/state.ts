/**
 * What state costs a record, without Kafka and without JSON: `node bench/micro/state.ts [WORK…] [--against DIRECTORY]`.
 * Another checkout is run in turn with this one, in one process: the ratio of their CPU times is what counts. Several
 * numbers of keys (`--keys 100000,10000000`) are compared in the same way.
 */
import { parseArgs } from 'node:util'
import { allocated, cpuSeconds, median } from './cost.ts'
import { loadState, type StateBench } from './state-bench.ts'
import { type StateWork, stateWorks } from './state-works.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    against: { type: 'string' },
    state: { type: 'string', default: 'memory' },
    keys: { type: 'string', default: 'nexmark' },
    records: { type: 'string', default: '1000000' },
    commit: { type: 'string', default: '50000' },
    rounds: { type: 'string', default: '5' },
  },
})

const root = new URL('../../', import.meta.url).pathname
const roots = values.against === undefined ? [root] : [values.against, root]
const commitEvery = Number(values.commit)
const places: StateBench[] = []
for (const place of roots) places.push(await loadState(place, values.state))

for (const name of positionals.length === 0 ? Object.keys(stateWorks) : positionals) compare(name, stateWorks[name]!)
for (const place of places) place.close()

/** Each place in turn, round by round; the first round warms up. */
function compare(name: string, work: StateWork): void {
  const variants = places.flatMap((place) => values.keys.split(',').map((keys) => ({ place, keys })))
  const runs = variants.map(({ place, keys }) => work(place, keys))
  const seconds: number[][] = runs.map(() => [])
  const bytes: number[][] = runs.map(() => [])
  for (let round = 0; round <= Number(values.rounds); round++) {
    for (const [at, run] of runs.entries()) {
      const before = { seconds: cpuSeconds(), bytes: allocated() }
      run(Number(values.records), commitEvery)
      if (round === 0) continue
      seconds[at]!.push(cpuSeconds() - before.seconds)
      bytes[at]!.push((allocated() - before.bytes) / Number(values.records))
    }
  }
  const perRecord = seconds.map((of) => (median(of) / Number(values.records)) * 1e9)
  const ratios = seconds[0]!.map((of, round) => of / seconds.at(-1)![round]!)
  process.stdout.write(
    `${name} ${values.state} keys=${values.keys}: ${perRecord.map((of) => `${of.toFixed(0)} ns`).join(' -> ')}` +
      `, ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)}) times` +
      `, ${bytes.map((of) => `${median(of).toFixed(0)} B`).join(' -> ')} of heap a record\n`,
  )
}
