/** Several streams folded into one sum per key: each has a fold of its own. */
import type { Window } from '../record.ts'
import type { Serde } from '../serde/serde.ts'
import type {
  CountWindows,
  CumulateWindows,
  GlobalWindows,
  SessionWindows,
  SlidingWindows,
  TimeWindows,
} from '../time/windows.ts'
import type { StreamHost, TableHost } from './chain/host.ts'
import { keySerdeOf } from './chain/key-of.ts'
import { windowed } from './chain/windows.ts'
import { type AggregateRequest, aggregateNode } from './fold.ts'
import type { Add, StepOptions } from './handler.ts'
import type { LateOptions } from './late.ts'
import { checkName } from './names.ts'
import type { CogroupInputNode } from './nodes/tables.ts'
import type { AggregateNode } from './nodes.ts'
import type { RowLife } from './steps/tables.ts'
import type { GlobalResults, KeyedStream, SessionResults, Table, WindowResults } from './stream.ts'

export interface CogroupSum<S> extends StepOptions {
  /** How sums are written. */
  readonly as: Serde<S>
  /** The sum of nothing, or a function that makes it. Plain data given here is frozen. */
  readonly start: NoInfer<S> | (() => NoInfer<S>)
}

export interface MergingCogroupSum<S> extends CogroupSum<S> {
  /** Of two sessions that became one. */
  readonly merge: (one: NoInfer<S>, other: NoInfer<S>) => S
}

/** A sum that waits for its streams. */
export interface Cogroup<S, Merges extends boolean> {
  readonly kind: 'cogroup'
  add<K, V>(stream: KeyedStream<K, V>, fold: Add<S, V, K, Window | null>): Cogrouped<K, S, Merges>
}

/** Streams of one key, each with its fold. */
export interface Cogrouped<K, S, Merges extends boolean> {
  readonly kind: 'cogroup'
  /** One more stream of this key. Both topics must have equally many partitions. */
  add<V>(stream: KeyedStream<K, V>, fold: Add<S, V, K, Window | null>): Cogrouped<K, S, Merges>
  /** One sum per key. Null values are skipped. */
  table(options?: RowLife): Table<K, S>
  /** One sum per key and window. Null values are folded like others. */
  window(windows: TimeWindows | CumulateWindows | SlidingWindows, options?: LateOptions): WindowResults<K, S, unknown>
  window(windows: Merges extends true ? SessionWindows : never, options?: LateOptions): SessionResults<K, S, unknown>
  window(windows: CountWindows): KeyedStream<K, S, Window>
  window(windows: GlobalWindows): GlobalResults<K, S>
}

/**
 * Folds several streams of one key into one sum.
 * @example
 * cogroup('basket', { as: json(Basket), start: empty })
 *   .add(orders, (basket, order) => ({ ...basket, orders: basket.orders + 1 }))
 *   .add(returns, (basket, item) => ({ ...basket, returns: basket.returns + item.count }))
 *   .table()
 * @throws MillraceError MR4002 for a name that Kafka can't take
 */
export function cogroup<S>(name: string, sum: MergingCogroupSum<S>): Cogroup<S, true>
export function cogroup<S>(name: string, sum: CogroupSum<S>): Cogroup<S, false>
export function cogroup(name: string, sum: CogroupSum<unknown>): unknown {
  return new CogroupChain(checkName('store', name), sum as Sum, [])
}

type Sum = Omit<AggregateRequest, 'add'> & StepOptions

interface Member {
  readonly stream: StreamHost
  readonly fold: AggregateNode['add']
}

class CogroupChain {
  readonly kind = 'cogroup'
  private readonly name: string
  private readonly sum: Sum
  private readonly members: readonly Member[]

  constructor(name: string, sum: Sum, members: readonly Member[]) {
    this.name = name
    this.sum = sum
    this.members = members
    Object.freeze(this)
  }

  add(stream: StreamHost, fold: AggregateNode['add']): CogroupChain {
    keySerdeOf(this.name, stream)
    return new CogroupChain(this.name, this.sum, [...this.members, { stream, fold }])
  }

  table(options?: RowLife): TableHost {
    const { stream, request } = this.together()
    const foldable = { node: stream.node, keySerde: stream.keySerde, windows: null }
    const node = aggregateNode(foldable, this.name, request, { ...this.sum, ...options })
    return stream.makeTable(node, node.keySerde)
  }

  window(windows: TimeWindows, options?: LateOptions): StreamHost {
    const { stream, request } = this.together()
    return windowed(stream, windows).aggregate(this.name, request, { ...this.sum, ...options })
  }

  /** One stream of all records, and the fold that tells them apart. */
  private together(): { readonly stream: StreamHost; readonly request: AggregateRequest } {
    const { members } = this
    // The record is folded before the next one comes, so whose turn it is says which fold is asked for.
    let turn = 0
    const node: CogroupInputNode = {
      kind: 'cogroup-input',
      inputs: Object.freeze(members.map(({ stream }) => stream.node)),
      copartitioned: true,
      turn: (place) => {
        turn = place
      },
    }
    const add: AggregateNode['add'] = (sum, value, context) => members[turn]!.fold(sum, value, context)
    return { stream: members[0]!.stream.makeStream(node), request: { ...this.sum, add } }
  }
}
