/** The rows of one store of one task, decoded by what its node does with them. */
import type { Task, TaskStore } from '../../runtime/tasks/task.ts'
import type { Serde } from '../../serde/serde.ts'
import { RowKeyReader } from '../../state/row-key.ts'
import { cumulateStart, type Windows } from '../../time/windows.ts'
import type { RankedEntry, TableSourceNode, ToTableNode } from '../../topology/nodes/tables.ts'
import type { AggregateNode, Counted } from '../../topology/nodes/windows.ts'
import type { AnyNode, Node } from '../../topology/nodes.ts'

/** A window, or from when a version holds: then the end is null. */
export interface Span {
  readonly start: number
  readonly end: number | null
}

export interface Entry {
  readonly key: unknown
  /** True for the row's own key, by its bytes. */
  readonly isOf: (key: unknown) => boolean
  readonly value: unknown
  readonly time: number
  readonly span: Span | null
}

type StoreOf<K> = Extract<TaskStore['store'], { readonly kind: K }>
/** @param rest of the row key, behind the key */
type SpanOf = (rest: RowKeyReader, value: unknown) => Span

/** Rows that have outlived their time to live are gone, whether they were purged or not. */
export function entriesOf(task: Task, { spec, store }: TaskStore): Entry[] {
  const node = nodeOf(task, spec.node)
  const isMain = mainStore(node) === spec.name
  const life = (isMain && 'ttl' in node && (node.ttl as number | null)) || Number.POSITIVE_INFINITY
  const now = task.committedTime(spec.node)
  return allEntries(isMain ? node : null, store, spec.store.key).filter(({ time }) => !(time + life <= now))
}

/** The node that keeps a store. */
export function nodeOf({ subTopology }: Task, name: string): Node {
  return subTopology.nodes.find((each) => each.name === name && each.role !== 'repartition-sink')!.node
}

/** The store that a node is about; null where it keeps none. */
export function mainStore({ stores }: AnyNode): string | null {
  return stores?.[0]?.name ?? null
}

/** @param node null for rows that only their operator understands */
function allEntries(node: Node | null, store: TaskStore['store'], key: KeySerde): Entry[] {
  const show = shownBy(node)
  const windows = node?.kind === 'aggregate' ? node.windows : null
  if (store.kind === 'key-value') return tableEntries(store, key, show)
  if (store.kind === 'window') return windowEntries(store, key, windows, show)
  const spanOf = node !== null && isVersioned(node) ? versionSpan : windows && spanOfWindows(windows)
  return spanOf === null ? rawEntries(store) : keyedEntries(store, key, spanOf, show)
}

type KeySerde = Serde<unknown>
type Show = (value: unknown) => unknown

const asItIs: Show = (value) => value

function shownBy(node: Node | null): Show {
  if (node?.kind === 'top') return (entries) => (entries as readonly RankedEntry[]).map(({ value }) => value)
  if (node?.kind !== 'aggregate') return asItIs
  const { show = asItIs } = node
  return node.windows?.kind === 'count' ? (counted) => show((counted as Counted).sum) : show
}

function isVersioned(node: Node): node is TableSourceNode | ToTableNode {
  return (node.kind === 'table-source' || node.kind === 'to-table') && node.history !== null
}

/** From the times in a row key, or from the row. */
function spanOfWindows(windows: Windows): SpanOf | null {
  switch (windows.kind) {
    case 'session':
      return (rest) => {
        const end = rest.time()
        return { start: rest.time(), end }
      }
    case 'sliding':
      return (rest) => {
        const start = rest.time()
        return { start, end: start + windows.length }
      }
    case 'count':
      return (_rest, counted) => ({ start: (counted as Counted).start, end: (counted as Counted).end })
    default:
      return null
  }
}

const versionSpan: SpanOf = (rest) => ({ start: rest.time(), end: null })

function tableEntries(store: StoreOf<'key-value'>, serde: KeySerde, show: Show): Entry[] {
  return Array.from(store.rows(), ({ key, value, time }) => ({
    ...identity(serde, key),
    value: show(value),
    time,
    span: null,
  }))
}

function windowEntries(
  store: StoreOf<'window'>,
  serde: KeySerde,
  windows: AggregateNode['windows'],
  show: Show,
): Entry[] {
  return [...store.starts()].flatMap((number) =>
    store.rows(number).map(({ key, value, time }) => ({
      ...identity(serde, key),
      value: show(value),
      time,
      span: spanAt(windows, number),
    })),
  )
}

/** Windows lie under their start; those that share it under their end. */
function spanAt(windows: Windows | null, number: number): Span {
  switch (windows?.kind) {
    case 'cumulate':
      return { start: cumulateStart(windows, number - 1), end: number }
    case 'tumbling':
    case 'hopping':
      return { start: number, end: number + windows.size }
    default:
      return { start: number, end: null }
  }
}

function keyedEntries(store: StoreOf<'ordered'>, serde: KeySerde, spanOf: SpanOf, show: Show): Entry[] {
  return Array.from(store.scan(null, null), ({ key: rowKey, value, time }) => {
    const reader = new RowKeyReader(rowKey)
    const key = reader.bytes()
    const decoded = identity(serde, serde.decode(key, 0, key.length))
    return { ...decoded, value: show(value), time, span: spanOf(reader, value) }
  })
}

function rawEntries(store: StoreOf<'ordered'>): Entry[] {
  return Array.from(store.scan(null, null), ({ key, value, time }) => ({
    key,
    isOf: (other: unknown) => key.equals(other as Uint8Array),
    value,
    time,
    span: null,
  }))
}

function identity(serde: KeySerde, key: unknown): Pick<Entry, 'key' | 'isOf'> {
  return { key, isOf: (other) => bytesOf(serde, key).equals(bytesOf(serde, other)) }
}

function bytesOf(serde: KeySerde, key: unknown): Buffer {
  return Buffer.from(serde.encode(key) as Uint8Array)
}
