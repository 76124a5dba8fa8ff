/** A table under another key: what leads there, and the folds that wait at the other end. */
import { json } from '../../serde/json.ts'
import { number } from '../../serde/number.ts'
import type { Serde } from '../../serde/serde.ts'
import { text } from '../../serde/text.ts'
import type { StreamHost, TableHost } from '../chain/host.ts'
import { freezePlainData, policiesOf } from '../fold.ts'
import type { StepOptions } from '../handler.ts'
import { checkName } from '../names.ts'
import { keyValueStore } from '../node-stores.ts'
import type { RegroupNode, TableAggregateNode } from '../nodes/tables.ts'
import type { RepartitionNode } from '../nodes.ts'
import { checkPartitions } from '../partitions.ts'
import { type RankingOptions, topNode } from './ranking.ts'
import { changeSerde, givenSerde } from './serdes.ts'

export interface GroupOptions extends StepOptions {
  readonly key?: Serde<unknown>
  readonly value?: Serde<unknown>
  readonly partitions?: number
}

type Rule = Pick<TableAggregateNode, 'fold' | 'start' | 'add' | 'subtract' | 'sumSerde'>
type ReduceRule = Pick<Rule, 'add' | 'subtract'>
type AggregateRule = ReduceRule & { readonly as: Serde<unknown>; readonly start: unknown }

/** The node behind the repartition: whatever folds the groups reads it. */
export function regrouped(
  table: TableHost,
  name: string,
  group: RegroupNode['group'],
  options: GroupOptions,
): RepartitionNode {
  const { key: groupSerde = text, value = json() } = options
  const { keySerde } = table
  const regroup: RegroupNode = Object.freeze({
    kind: 'regroup',
    input: table.node,
    name: checkName('repartition', name),
    group,
    keySerde,
    groupSerde,
    stores: Object.freeze([keyValueStore(name, keySerde, givenSerde(groupSerde, value))] as const),
    ...policiesOf(options),
  })
  return Object.freeze({
    kind: 'repartition',
    input: regroup,
    name,
    key: (_change, context) => context.key,
    keySerde: groupSerde,
    valueSerde: changeSerde(value),
    partitions: checkPartitions(name, options.partitions),
  } satisfies RepartitionNode)
}

/** Rows of a table under another key, waiting for their fold. */
export class GroupedChain {
  readonly kind = 'grouped-table'
  private readonly table: TableHost
  private readonly node: RepartitionNode

  constructor(table: TableHost, node: RepartitionNode) {
    this.table = table
    this.node = node
    Object.freeze(this)
  }

  count(name: string, options?: StepOptions): TableHost {
    const by =
      (step: number): Rule['add'] =>
      (sum) =>
        (sum as number) + step
    return this.folded(name, { fold: 'count', start: () => 0, add: by(1), subtract: by(-1), sumSerde: number }, options)
  }

  reduce(
    name: string,
    { add, subtract }: ReduceRule,
    options?: StepOptions & { readonly value?: Serde<unknown> },
  ): TableHost {
    const sumSerde = options?.value ?? json()
    return this.folded(name, { fold: 'reduce', start: () => undefined, add, subtract, sumSerde }, options)
  }

  aggregate(name: string, { as, start, add, subtract }: AggregateRule, options?: StepOptions): TableHost {
    if (typeof start !== 'function') freezePlainData(start)
    const makeStart = typeof start === 'function' ? (start as () => unknown) : () => start
    return this.folded(name, { fold: 'aggregate', start: makeStart, add, subtract, sumSerde: as }, options)
  }

  top(name: string, count: number, options: RankingOptions): StreamHost {
    const { keySerde } = this.node
    const node = topNode(this.node, { name, count, keySerde, retracts: true }, options)
    return this.table.makeStream(node, keySerde)
  }

  private folded(name: string, rule: Rule, options: StepOptions | undefined): TableHost {
    const { keySerde } = this.node
    const node: TableAggregateNode = {
      kind: 'table-aggregate',
      input: this.node,
      ...rule,
      store: name,
      stores: Object.freeze([keyValueStore(name, keySerde, rule.sumSerde)]),
      keySerde,
      ...policiesOf(options),
    }
    return this.table.makeTable(node, keySerde)
  }
}
