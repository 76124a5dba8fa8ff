/** One value per key, as user code holds it. */
import type { Serde } from '../../serde/serde.ts'
import type { KeyValueStore } from '../../state/store.ts'
import type { StateDefinition } from '../../topology/nodes/processing.ts'
import { Copies } from './copies.ts'
import type { Expiring, Expiry } from './expiry.ts'
import type { Scope } from './scope.ts'
import { isExpired, type StateSite } from './state-site.ts'

const noEntry = Buffer.alloc(0)

export class ValueCell implements Expiring {
  readonly name: string
  readonly ttl: number
  private readonly store: KeyValueStore
  private readonly scope: Scope
  private readonly keySerde: Serde<unknown>
  private readonly copies: Copies
  private readonly expiry: Expiry | null
  private readonly now: () => number

  constructor(name: string, { value, ttl }: StateDefinition, store: KeyValueStore, site: StateSite) {
    this.name = name
    this.ttl = ttl ?? Number.POSITIVE_INFINITY
    this.store = store
    this.scope = site.scope
    this.keySerde = site.keySerde
    this.now = site.now
    this.copies = new Copies(value)
    this.expiry = ttl === null ? null : site.expiry
    this.expiry?.add(this)
  }

  get(): unknown {
    const row = this.store.get(this.scope.key)
    return row === undefined || isExpired(row.time, this.ttl, this.now()) ? undefined : this.copies.out(row.value)
  }

  set(value: unknown): void {
    const { store, scope } = this
    const before = store.get(scope.key)
    const time = Math.max(before?.time ?? 0, scope.time)
    store.put(scope.key, this.copies.in(value), time)
    if (before === undefined) this.expiry?.expect(this, scope.bytes, noEntry, time)
  }

  clear(): void {
    this.store.delete(this.scope.key, this.scope.time)
  }

  /** Bytes of every key that has a value. */
  *keys(): Iterable<Buffer> {
    for (const { key, time } of this.store.rows()) {
      if (!isExpired(time, this.ttl, this.now())) yield Buffer.from(this.keySerde.encode(key) as Uint8Array)
    }
  }

  timeOf(key: Buffer): number | undefined {
    return this.store.get(this.keySerde.decode(key, 0, key.length))?.time
  }

  remove(key: Buffer, _entry: Buffer, time: number): void {
    this.store.delete(this.keySerde.decode(key, 0, key.length), time)
  }
}
