/** The best rows of each key (`semantics.md` 1, topN): every rank that changes comes out. */
import type { Serde } from '../../serde/serde.ts'
import { prefixEnd, RowKeyReader, RowKeyWriter } from '../../state/row-key.ts'
import type { KeyValueStore, OrderedStore, Row } from '../../state/store.ts'
import type { Change, RankedEntry, TopNode } from '../../topology/nodes/tables.ts'
import { KeyBytes } from '../key-bytes.ts'
import { nullKey } from '../null-key.ts'
import type { Forward, MutableContext, Operator } from '../operator.ts'
import { enter, type Site, stateless } from '../site.ts'
import { keyValueStore, orderedStore } from '../stores.ts'
import { changedRanks, type Ranking, withEntry, withoutPlace } from './ranking.ts'

const writer = new RowKeyWriter()

/** Of a stream: a record stays in the ranking until better ones push it out. */
export function top(site: Site<TopNode>): Operator {
  return site.node.retracts ? topOfGroups(site) : topOfStream(site)
}

function topOfStream(site: Site<TopNode>): Operator {
  const { node, index, environment } = site
  const { context, counters } = environment
  const rankings = new Rankings(site)
  return stateless((key, value, time, window) => {
    enter(context, index, key, time, window)
    if (key === null || key === undefined) throw nullKey(`the ranking ${node.name}`)
    if (value === null) {
      counters.filtered++
      return
    }
    const row = rankings.row(key)
    const before = rankings.of(row)
    const after = withEntry(before, { time, place: placeOf(context), value }, node.count, node.compare)
    if (after !== before) rankings.change(key, row, after, time)
  })
}

/** Of the rows of a table: all are kept, since one that is taken back makes room for another. */
function topOfGroups(site: Site<TopNode>): Operator {
  const { node, index, environment } = site
  const rankings = new Rankings(site)
  const rows = new GroupRows(orderedStore(environment, node.stores[1]!.name), node)
  const take: Forward = (key, value, time, window) => {
    enter(environment.context, index, key, time, window)
    const change = value as Change
    rows.change(key, change, time)
    const row = rankings.row(key)
    const before = rankings.of(row)
    const rest = withoutPlace(before, change.row)
    const added =
      'add' in change ? withEntry(rest, { time, place: change.row, value: change.add }, node.count, node.compare) : rest
    // Rows without a rank may be better than what is last now.
    const isOpen = rest !== before && before.length === node.count && !isAhead(added, change.row)
    const after = isOpen ? rows.best(key) : added
    if (after !== before) rankings.change(key, row, after, time)
  }
  return stateless(take)
}

/** True when a row has a rank before the last one: then the last one had a rank already, and no other row is better. */
function isAhead(ranking: Ranking, place: Buffer): boolean {
  const at = ranking.findIndex((entry) => entry.place.equals(place))
  return at >= 0 && at < ranking.length - 1
}

/** The ranking of each key as it was said. */
class Rankings {
  private readonly site: Site<TopNode>
  private readonly store: KeyValueStore

  constructor(site: Site<TopNode>) {
    this.site = site
    this.store = keyValueStore(site.environment, site.node.name)
  }

  row(key: unknown): Row | undefined {
    return this.store.get(key)
  }

  of(row: Row | undefined): Ranking {
    return (row?.value ?? []) as Ranking
  }

  /** Stores the ranking and says what is different. The time is the largest that has come to it. */
  change(key: unknown, row: Row | undefined, after: Ranking, time: number): void {
    const { node, forward } = this.site
    const latest = row !== undefined && row.time > time ? row.time : time
    if (after.length > 0) this.store.put(key, after, latest)
    else this.store.delete(key, latest)
    for (const rank of changedRanks(this.of(row), after, (one, other) => isSame(node.valueSerde, one, other))) {
      forward(key, Object.freeze({ rank: rank + 1, value: after[rank]?.value ?? null }), latest, null)
    }
  }
}

/** Every row of the groups, under group and row. */
class GroupRows {
  private readonly store: OrderedStore
  private readonly node: TopNode
  private readonly groups: KeyBytes

  constructor(store: OrderedStore, node: TopNode) {
    this.store = store
    this.node = node
    this.groups = new KeyBytes(node.keySerde, `the ranking ${node.name}`)
  }

  change(group: unknown, change: Change, time: number): void {
    const key = writer.bytes(this.groups.encode(group)).rest(change.row).finish()
    if ('add' in change) this.store.put(key, change.add, time)
    else this.store.delete(key)
  }

  best(group: unknown): Ranking {
    const { count, compare } = this.node
    const prefix = writer.bytes(this.groups.encode(group)).finish()
    let ranking: Ranking = []
    for (const { key, value, time } of this.store.scan(prefix, prefixEnd(prefix))) {
      const reader = new RowKeyReader(key)
      reader.bytes()
      ranking = withEntry(ranking, { time, place: Buffer.from(reader.rest()), value }, count, compare)
    }
    return ranking
  }
}

/** Where the record in hand lay, in bytes that sort like it. */
function placeOf({ topic, partition, offset }: MutableContext): Buffer {
  return writer
    .bytes(Buffer.from(topic ?? ''))
    .sequence(Math.max(0, partition))
    .time(offset + 1)
    .finish()
}

function isSame(serde: Serde<unknown>, one: RankedEntry, other: RankedEntry): boolean {
  if (one === other) return true
  if (!one.place.equals(other.place)) return false
  return one.value === other.value || bytesOf(serde, one.value).equals(bytesOf(serde, other.value))
}

function bytesOf(serde: Serde<unknown>, value: unknown): Buffer {
  const encoded = serde.encode(value)
  return Buffer.from(encoded as Uint8Array)
}
