/** What streams and tables do: each step makes a node. Their types are the work of `stream.ts`; here values are unknown. */
import { MillraceError } from '../faults.ts'
import { json } from '../serde/json.ts'
import type { Serde } from '../serde/serde.ts'
import { text } from '../serde/text.ts'
import type { TimeWindows } from '../time/windows.ts'
import { branchNode, type CaseHandlers } from './branch-node.ts'
import { type AggregateRequest, aggregateNode, countNode, type Foldable, policiesOf, reduceNode } from './fold.ts'
import type { StepOptions } from './handler.ts'
import { checkName } from './names.ts'
import type { AggregateNode, Handler, LookupNode, Node, RepartitionNode, SinkNode, TopicDefinition } from './nodes.ts'
import type { KeyedStream, Table } from './stream.ts'

type ValueOption = StepOptions & { readonly value?: Serde<unknown> }
type KeyByOptions = ValueOption & { readonly key?: Serde<unknown>; readonly partitions?: number }

/** The stream that a node makes; `keySerde` is null where records of one key may be in several tasks. */
export function streamOf(node: Node, keySerde: Serde<unknown> | null): KeyedStream<unknown, unknown> {
  return new StreamChain(node, keySerde) as unknown as KeyedStream<unknown, unknown>
}

/** The table that a node makes. */
export function tableOf(node: Node, keySerde: Serde<unknown>): Table<unknown, unknown, null> {
  return new TableChain(node, keySerde) as unknown as Table<unknown, unknown, null>
}

class StreamChain implements Foldable {
  readonly kind = 'stream'
  readonly node: Node
  readonly keySerde: Serde<unknown> | null
  readonly windows: TimeWindows | null = null

  constructor(node: Node, keySerde: Serde<unknown> | null) {
    this.node = node
    this.keySerde = keySerde
    if (new.target === StreamChain) Object.freeze(this)
  }

  map(handler: Handler<unknown>, options?: StepOptions): StreamChain {
    return this.keyed({ kind: 'map', input: this.node, handler, ...policiesOf(options) })
  }

  filter(handler: Handler<boolean>, options?: StepOptions): StreamChain {
    return this.keyed({ kind: 'filter', input: this.node, handler, ...policiesOf(options) })
  }

  flatMap(handler: Handler<Iterable<unknown>>, options?: StepOptions): StreamChain {
    return this.keyed({ kind: 'flat-map', input: this.node, handler, ...policiesOf(options) })
  }

  mapKeyValue(handler: Handler<readonly [unknown, unknown]>, options?: StepOptions): StreamChain {
    const node = Object.freeze({ kind: 'map-key-value', input: this.node, handler, ...policiesOf(options) } as const)
    return new StreamChain(node, null)
  }

  peek(handler: Handler<void>, options?: StepOptions): StreamChain {
    return this.keyed({ kind: 'peek', input: this.node, handler, ...policiesOf(options) })
  }

  branch(cases: CaseHandlers, options?: StepOptions): Readonly<Record<string, StreamChain>> {
    const node = branchNode(this.node, cases, policiesOf(options))
    const streams = node.cases.map(({ name }, index) => {
      return [name, this.keyed({ kind: 'branch-case', input: node, index })] as const
    })
    return Object.freeze(Object.fromEntries(streams))
  }

  lookup(table: TopicDefinition, key: Handler<unknown>, join: LookupNode['join'], options?: StepOptions): StreamChain {
    return this.keyed({ kind: 'lookup', input: this.node, table, key, join, inner: false, ...policiesOf(options) })
  }

  innerLookup(
    table: TopicDefinition,
    key: Handler<unknown>,
    join: LookupNode['join'],
    options?: StepOptions,
  ): StreamChain {
    return this.keyed({ kind: 'lookup', input: this.node, table, key, join, inner: true, ...policiesOf(options) })
  }

  keyBy(name: string, key: Handler<unknown>, options: KeyByOptions = {}): StreamChain {
    const keySerde = options.key ?? text
    const node: RepartitionNode = {
      kind: 'repartition',
      input: this.node,
      name: checkName('repartition', name),
      key,
      keySerde,
      valueSerde: options.value ?? json(),
      partitions: checkPartitions(name, options.partitions),
      ...policiesOf(options),
    }
    return new StreamChain(Object.freeze(node), keySerde)
  }

  merge(...others: readonly { readonly node: Node }[]): StreamChain {
    const inputs = Object.freeze([this.node, ...others.map((other) => other.node)])
    return new StreamChain(Object.freeze({ kind: 'merge', inputs }), null)
  }

  to(topic: TopicDefinition, options?: StepOptions): SinkNode {
    return Object.freeze({ kind: 'sink', input: this.node, topic, ...policiesOf(options) })
  }

  window(windows: TimeWindows): WindowedChain {
    return new WindowedChain(this, windows)
  }

  count(name: string, options?: StepOptions): TableChain {
    return tableChainOf(countNode(this, name, options))
  }

  reduce(name: string, add: AggregateNode['add'], options?: ValueOption): TableChain {
    return tableChainOf(reduceNode(this, name, add, options))
  }

  aggregate(name: string, request: AggregateRequest, options?: StepOptions): TableChain {
    return tableChainOf(aggregateNode(this, name, request, options))
  }

  /** A step that keeps the key. */
  private keyed(node: Node): StreamChain {
    return new StreamChain(Object.freeze(node), this.keySerde)
  }
}

class WindowedChain implements Foldable {
  readonly kind = 'windowed-stream'
  readonly node: Node
  readonly keySerde: Serde<unknown> | null
  readonly windows: TimeWindows

  constructor({ node, keySerde }: StreamChain, windows: TimeWindows) {
    this.node = node
    this.keySerde = keySerde
    this.windows = checkWindows(windows)
    Object.freeze(this)
  }

  count(name: string, options?: StepOptions): ResultsChain {
    return new ResultsChain(countNode(this, name, options))
  }

  reduce(name: string, add: AggregateNode['add'], options?: ValueOption): ResultsChain {
    return new ResultsChain(reduceNode(this, name, add, options))
  }

  aggregate(name: string, request: AggregateRequest, options?: StepOptions): ResultsChain {
    return new ResultsChain(aggregateNode(this, name, request, options))
  }
}

/** What comes out of windows, and beside it what came too late. */
class ResultsChain extends StreamChain {
  readonly late: StreamChain
  private readonly fold: AggregateNode

  constructor(fold: AggregateNode) {
    super(fold, fold.keySerde)
    this.fold = fold
    this.late = new StreamChain(Object.freeze({ kind: 'late', input: fold }), fold.keySerde)
    Object.freeze(this)
  }

  updates(): ResultsChain {
    return new ResultsChain(Object.freeze({ ...this.fold, emit: 'updates' }))
  }
}

class TableChain {
  readonly kind = 'table'
  readonly node: Node
  private readonly keySerde: Serde<unknown>

  constructor(node: Node, keySerde: Serde<unknown>) {
    this.node = node
    this.keySerde = keySerde
    Object.freeze(this)
  }

  map(handler: Handler<unknown>, options?: StepOptions): TableChain {
    const mapRow: Handler<unknown> = (value, context) => (value === null ? null : handler(value, context))
    const node = Object.freeze({ kind: 'map', input: this.node, handler: mapRow, ...policiesOf(options) } as const)
    return new TableChain(node, this.keySerde)
  }

  filter(predicate: Handler<boolean>, options?: StepOptions): TableChain {
    // A row that is no longer wanted must go from whatever was made of it, so null passes where a stream drops.
    return this.map((value, context) => (predicate(value, context) ? value : null), options)
  }

  toStream(): StreamChain {
    return new StreamChain(this.node, this.keySerde)
  }

  to(topic: TopicDefinition, options?: StepOptions): SinkNode {
    return this.toStream().to(topic, options)
  }
}

function tableChainOf(node: AggregateNode): TableChain {
  return new TableChain(node, node.keySerde)
}

function checkPartitions(name: string, partitions: number | undefined): number | null {
  if (partitions === undefined) return null
  if (Number.isSafeInteger(partitions) && partitions > 0) return partitions
  throw new MillraceError('fatal', { code: 'MR1003', what: `keyBy ${name} can't have ${partitions} partitions` })
}

/** Programs without types can pass anything, also windows of an older version. */
function checkWindows(windows: unknown): TimeWindows {
  const given = (typeof windows === 'object' && windows !== null ? windows : {}) as Partial<TimeWindows>
  if ((given.kind === 'tumbling' || given.kind === 'hopping') && Number(given.size) > 0) return windows as TimeWindows
  throw new MillraceError('fatal', {
    code: 'MR4003',
    what: 'window() was given no windows',
    why: `it got ${JSON.stringify(windows) ?? String(windows)}`,
    fix: 'window(tumbling({ minutes: 1 }))',
  })
}
