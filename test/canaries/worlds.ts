/** The simulated topologies in which planted bugs have to show: the project's own, and what those lack. */
import { from, number, text, topic, topology } from '../../src/index.ts'
import { feed, type Simulation, simulation } from '../../src/testing/index.ts'
import { simulations } from '../simulation/topologies.ts'

const second = 1_000
const items = topic('items', { key: text, value: text })
const counts = topic('counts', { key: text, value: number })
const copies = topic('copies', { key: text, value: text })

/** Whole seconds, so that repetitions often lie exactly as far apart as they are remembered. */
const onTheSecond = feed(items, ({ random, now }) => ({
  key: `k${Math.floor(random.next() * 12)}`,
  value: 'again',
  time: Math.floor(now / second) * second,
}))

/** One key: all partitions but its own stay empty. */
const ofOneKey = feed(items, ({ index, now }) => ({ key: 'k', value: `i${index}`, time: now }))

const own: readonly Simulation[] = [
  simulation(
    'on-the-second',
    topology(
      'on-the-second',
      from(items)
        .dedupe('once', { within: { seconds: 3 } })
        .to(copies),
    ),
    { input: [onTheSecond] },
  ),
  simulation(
    'side-by-side',
    topology(
      'side-by-side',
      from(items, { maxDrift: { seconds: 2 } })
        .count('totals')
        .toStream()
        .to(counts),
    ),
    { input: [ofOneKey] },
  ),
]

/** @throws Error where there is none of that name: a canary without a world would sing for nobody */
export function worldOf(name: string): Simulation {
  const found = [...own, ...simulations].find((each) => each.name === name)
  if (found === undefined) throw new Error(`There is no simulated topology ${name}`)
  return found
}
