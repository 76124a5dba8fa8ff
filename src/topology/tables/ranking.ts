/** The node of a ranking. */
import { MillraceError } from '../../faults.ts'
import { json } from '../../serde/json.ts'
import type { Serde } from '../../serde/serde.ts'
import { policiesOf } from '../fold.ts'
import type { StepOptions } from '../handler.ts'
import { keyValueStore, orderedStore } from '../node-stores.ts'
import type { TopNode } from '../nodes/tables.ts'
import type { AnyNode } from '../nodes.ts'
import { rankingSerde } from './serdes.ts'

export type RankingOptions = StepOptions & {
  readonly compare: TopNode['compare']
  readonly value?: Serde<unknown>
}

type Ranking = Pick<TopNode, 'name' | 'count' | 'keySerde' | 'retracts'>

/** @throws MillraceError MR1003 for a count that is no whole number from 1 */
export function topNode(input: AnyNode, ranking: Ranking, options: RankingOptions): TopNode {
  const { name, keySerde, retracts } = ranking
  const valueSerde = options.value ?? json()
  const rankings = keyValueStore(name, keySerde, rankingSerde(valueSerde))
  const rows = retracts ? [orderedStore(`${name}.rows`, valueSerde, 0)] : []
  return Object.freeze({
    kind: 'top',
    input,
    ...ranking,
    count: checkCount(name, ranking.count),
    compare: options.compare,
    valueSerde,
    stores: Object.freeze([rankings, ...rows] as const),
    ...policiesOf(options),
  })
}

function checkCount(name: string, count: number): number {
  if (Number.isSafeInteger(count) && count > 0) return count
  throw new MillraceError('fatal', { code: 'MR1003', what: `The ranking ${name} can't have ${count} places` })
}
