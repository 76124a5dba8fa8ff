/** What streams and tables do: each step makes a node. Their types are the work of `stream.ts`; here values are unknown. */
import { json } from '../serde/json.ts'
import type { Serde } from '../serde/serde.ts'
import { text } from '../serde/text.ts'
import type { Windows } from '../time/windows.ts'
import { branchNode, type CaseHandlers } from './branch-node.ts'
import type { StreamHost, TableHost } from './chain/host.ts'
import { joinsOfStreams, joinsOfTables } from './chain/joins.ts'
import { patternOfStreams } from './chain/pattern.ts'
import { processingOfStreams } from './chain/processing.ts'
import { suppressOfTables } from './chain/suppress.ts'
import { tablesOfStreams, tablesOfTables } from './chain/tables.ts'
import { windowed } from './chain/windows.ts'
import { type AggregateRequest, aggregateNode, countNode, type Foldable, policiesOf, reduceNode } from './fold.ts'
import type { StepOptions } from './handler.ts'
import { checkName } from './names.ts'
import type {
  AggregateNode,
  AnyNode,
  Handler,
  LookupNode,
  Node,
  RepartitionNode,
  SinkNode,
  TopicDefinition,
} from './nodes.ts'
import { checkPartitions } from './partitions.ts'
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

class StreamChain implements StreamHost, Foldable {
  readonly kind = 'stream'
  readonly node: Node
  readonly keySerde: Serde<unknown> | null
  readonly windows: Windows | null = null

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

  merge(...others: readonly { readonly node: AnyNode }[]): StreamChain {
    const inputs = Object.freeze([this.node, ...others.map((other) => other.node)])
    return new StreamChain(Object.freeze({ kind: 'merge', inputs }), null)
  }

  to(topic: TopicDefinition, options?: StepOptions): SinkNode {
    return Object.freeze({ kind: 'sink', input: this.node, topic, ...policiesOf(options) })
  }

  window(windows: Windows): unknown {
    return windowed(this, windows)
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

  makeStream(node: Node, keySerde: Serde<unknown> | null = this.keySerde): StreamChain {
    return new StreamChain(Object.freeze(node), keySerde)
  }

  makeTable(node: Node, keySerde: Serde<unknown>): TableChain {
    return new TableChain(Object.freeze(node), keySerde)
  }

  makeLate(node: Node, keySerde: Serde<unknown> | null = this.keySerde, also: object = {}): LateChain {
    return new LateChain(Object.freeze(node), keySerde, also)
  }

  /** A step that keeps the key. */
  private keyed(node: Node): StreamChain {
    return new StreamChain(Object.freeze(node), this.keySerde)
  }
}

/** What comes out of an operator, and beside it what came too late. */
class LateChain extends StreamChain {
  readonly late: StreamChain

  constructor(node: Node, keySerde: Serde<unknown> | null, also: object) {
    super(node, keySerde)
    this.late = new StreamChain(Object.freeze({ kind: 'late', input: node }), keySerde)
    Object.freeze(Object.assign(this, also))
  }
}

class TableChain implements TableHost {
  readonly kind = 'table'
  readonly node: Node
  readonly keySerde: Serde<unknown>
  readonly versioned: boolean
  /** Of a table whose updates may come too late. */
  readonly late?: StreamChain

  constructor(node: Node, keySerde: Serde<unknown>) {
    this.node = node
    this.keySerde = keySerde
    this.versioned = 'history' in node && node.history !== null
    if (node.kind === 'table-source' || node.kind === 'to-table') {
      this.late = new StreamChain(Object.freeze({ kind: 'late', input: node }), keySerde)
    }
    Object.freeze(this)
  }

  map(handler: Handler<unknown>, options?: StepOptions): TableChain {
    return this.makeTable({ kind: 'table-map', input: this.node, filters: false, handler, ...policiesOf(options) })
  }

  filter(predicate: Handler<boolean>, options?: StepOptions): TableChain {
    // A row that is no longer wanted must go from whatever was made of it, so null passes where a stream drops.
    const handler: Handler<unknown> = (value, context) => (predicate(value, context) ? value : null)
    return this.makeTable({ kind: 'table-map', input: this.node, filters: true, handler, ...policiesOf(options) })
  }

  toStream(): StreamChain {
    return new StreamChain(this.node, this.keySerde)
  }

  to(topic: TopicDefinition, options?: StepOptions): SinkNode {
    return this.toStream().to(topic, options)
  }

  makeStream(node: Node, keySerde: Serde<unknown> = this.keySerde): StreamChain {
    return new StreamChain(Object.freeze(node), keySerde)
  }

  makeTable(node: Node, keySerde: Serde<unknown> = this.keySerde): TableChain {
    return new TableChain(Object.freeze(node), keySerde)
  }
}

Object.assign(StreamChain.prototype, joinsOfStreams, tablesOfStreams, processingOfStreams, patternOfStreams)
Object.assign(TableChain.prototype, joinsOfTables, tablesOfTables, suppressOfTables)

function tableChainOf(node: AggregateNode): TableChain {
  return new TableChain(node, node.keySerde)
}
