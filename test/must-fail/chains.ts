/** The smallest topology that shows what is lost, doubled, out of order or torn: each result holds all that came before. */
import { from, type Topology, text, topic, topology } from '../../src/index.ts'
import { unique } from '../contracts/tools.ts'
import type { World } from './world.ts'

export interface Chains {
  readonly app: string
  readonly items: string
  readonly out: string
  readonly changelog: string
  readonly built: Topology
  /** The same topology, which tells of every item before it is taken. */
  telling(taken: (item: string) => void): Topology
}

/** For items a, b, c of one key the results are a, ab, abc. */
export function chains(): Chains {
  const app = unique('chains')
  const items = topic(`${app}.items`, { key: text, value: text })
  const out = topic(`${app}.out`, { key: text, value: text })
  const telling = (taken: (item: string) => void): Topology => {
    const add = (chain: string, item: string): string => {
      taken(item)
      return chain + item
    }
    return topology(app, from(items).aggregate('chain', { as: text, start: '', add }).toStream().to(out))
  }
  const changelog = `${app}.chain.changelog`
  return { app, items: items.name, out: out.name, changelog, built: telling(() => undefined), telling }
}

/** One item, under the key of its partition. */
export function feed({ bench }: World, topic: string, value: string, partition = 0): Promise<void> {
  return bench.produce(topic, [{ key: `p${partition}`, value, time: 1_000, partition }])
}

/** What was committed, key by key, in the order of the log. */
export async function resultsOf({ bench }: World, topic: string): Promise<Record<string, string[]>> {
  const results: Record<string, string[]> = {}
  for (const { key, value } of await bench.read(topic)) {
    const name = key!.toString()
    results[name] = [...(results[name] ?? []), value!.toString()]
  }
  return results
}
