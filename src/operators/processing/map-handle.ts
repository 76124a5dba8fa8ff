/** A map per key, as user code holds it: each entry is a row under the key and the entry's own key. */
import type { Serde } from '../../serde/serde.ts'
import { prefixEnd, RowKeyReader, RowKeyWriter } from '../../state/row-key.ts'
import type { OrderedStore } from '../../state/store.ts'
import type { StateDefinition } from '../../topology/nodes/processing.ts'
import { Copies } from './copies.ts'
import type { Expiring, Expiry } from './expiry.ts'
import { encodedBytes, type Scope } from './scope.ts'
import { isExpired, type StateSite } from './state-site.ts'

export class MapCell implements Expiring {
  readonly name: string
  readonly ttl: number
  private readonly entrySerde: Serde<unknown>
  private readonly store: OrderedStore
  private readonly scope: Scope
  private readonly copies: Copies
  private readonly expiry: Expiry | null
  private readonly now: () => number
  private readonly writer = new RowKeyWriter()

  constructor(name: string, { key, value, ttl }: StateDefinition, store: OrderedStore, site: StateSite) {
    this.name = name
    this.ttl = ttl ?? Number.POSITIVE_INFINITY
    this.entrySerde = key!
    this.store = store
    this.scope = site.scope
    this.now = site.now
    this.copies = new Copies(value)
    this.expiry = ttl === null ? null : site.expiry
    this.expiry?.add(this)
  }

  get(key: unknown): unknown {
    const row = this.store.get(this.rowKey(this.scope.bytes, encodedBytes(this.entrySerde, key)))
    return row === undefined || isExpired(row.time, this.ttl, this.now()) ? undefined : this.copies.out(row.value)
  }

  set(key: unknown, value: unknown): void {
    const { store, scope } = this
    const entry = encodedBytes(this.entrySerde, key)
    const rowKey = this.rowKey(scope.bytes, entry)
    const before = store.get(rowKey)
    const time = Math.max(before?.time ?? 0, scope.time)
    store.put(rowKey, this.copies.in(value), time)
    if (before === undefined) this.expiry?.expect(this, scope.bytes, entry, time)
  }

  delete(key: unknown): void {
    this.store.delete(this.rowKey(this.scope.bytes, encodedBytes(this.entrySerde, key)))
  }

  *entries(): Iterable<readonly [unknown, unknown]> {
    const prefix = this.writer.bytes(this.scope.bytes).finish()
    for (const { key, value, time } of this.store.scan(prefix, prefixEnd(prefix))) {
      if (isExpired(time, this.ttl, this.now())) continue
      const entry = key.subarray(prefix.length)
      yield [this.entrySerde.decode(entry, 0, entry.length), this.copies.out(value)]
    }
  }

  /** Bytes of every key that has an entry; once each. */
  *keys(): Iterable<Buffer> {
    let last: Buffer | null = null
    for (const { key, time } of this.store.scan(null, null)) {
      if (isExpired(time, this.ttl, this.now())) continue
      const owner = new RowKeyReader(key).bytes()
      if (last === null || !owner.equals(last)) yield owner
      last = owner
    }
  }

  timeOf(key: Buffer, entry: Buffer): number | undefined {
    return this.store.get(this.rowKey(key, entry))?.time
  }

  remove(key: Buffer, entry: Buffer): void {
    this.store.delete(this.rowKey(key, entry))
  }

  private rowKey(key: Buffer, entry: Buffer): Buffer {
    return this.writer.bytes(key).rest(entry).finish()
  }
}
