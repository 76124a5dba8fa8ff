/** Committed rows of one store in LMDB. */
import { MillraceError } from '../../faults.ts'
import { prefixEnd } from '../row-key.ts'
import type { IndexEntry, RowBytes, RowChange, RowOrder, Rows, RowsPlace } from '../rows.ts'
import type { Environment, Table } from './environment.ts'
import { lowestTableKey, rowKeyOf, TableKeyScratch, tableKey } from './table-keys.ts'

/** Of what the tables hold; rows of another format are forgotten. */
const format = 2
const metaBytes = 24

/** What a store's entry in the table `meta` says: format, owner, position, when that was read, and in which log. */
interface Meta {
  /** Rises with every opening: who opened last may write. */
  readonly owner: number
  readonly position: number
  /** When the rows were last brought up to that position, or found to be there; milliseconds since 1970. */
  readonly readAt: number
  /** Empty where that is not known. */
  readonly log: string
}

export class LmdbRows implements Rows {
  /** Many, since in the order of keys each page of the tree is written once for all of them. */
  readonly batchRows = 262_144
  position = -1
  private readonly environment: Environment
  private readonly rows: Table
  private readonly index: Table
  private readonly meta: Table
  private readonly metaKey: Buffer
  private readonly store: string
  private log: string
  private readonly owner: number
  private readonly closed: () => void
  private readonly scratch = new TableKeyScratch()

  constructor(environment: Environment, { store, log = '' }: Pick<RowsPlace, 'store' | 'log'>, closed: () => void) {
    this.environment = environment
    this.store = store
    this.log = log
    this.rows = environment.table(`rows/${store}`)
    this.index = environment.table(`index/${store}`)
    this.meta = environment.table('meta')
    this.metaKey = Buffer.from(store)
    this.owner = this.own()
    this.closed = closed
  }

  get size(): number {
    return entriesOf(this.rows)
  }

  get indexSize(): number {
    return entriesOf(this.index)
  }

  get(key: Buffer): Buffer | undefined {
    return this.rows.getBinary(this.scratch.key(key))
  }

  *scan(from: Buffer | null, to: Buffer | null, order: RowOrder = 'ascending'): Iterable<RowBytes> {
    for (const { key, value } of this.rows.getRange(rangeOf(from, to, order)))
      yield { key: rowKeyOf(key), bytes: value }
  }

  *scanIndex(from: Buffer | null, to: Buffer | null, order: RowOrder = 'ascending'): Iterable<IndexEntry> {
    for (const { key, value } of this.index.getRange(rangeOf(from, to, order))) {
      yield { index: rowKeyOf(key), key: value }
    }
  }

  *prefixes(length: number, from: Buffer | null): Iterable<Buffer> {
    let start = from === null ? lowestTableKey : tableKey(from)
    for (;;) {
      const [found] = this.rows.getKeys({ start, limit: 1 })
      if (found === undefined) return
      const prefix = rowKeyOf(found).subarray(0, length)
      yield prefix
      const next = prefixEnd(prefix)
      if (next === null) return
      start = tableKey(next)
    }
  }

  apply(changes: Iterable<RowChange>, position: number): void {
    this.environment.transaction(() => {
      const before = this.confirm()
      let count = 0
      for (const change of changes) {
        this.change(change)
        count++
      }
      // Rows alone are those of a restore on its way: were it cut off, the position would be as old as before.
      const isThere = count === 0 || position !== this.position
      this.writeMeta({ position, readAt: isThere ? this.environment.now : before.readAt })
    })
    this.position = position
  }

  clear(): void {
    this.environment.transaction(() => {
      this.confirm()
      this.rows.clearSync()
      this.index.clearSync()
      this.writeMeta({ position: -1, readAt: this.environment.now })
    })
    this.position = -1
  }

  close(): void {
    this.closed()
  }

  private change({ key, bytes, index, unindex }: RowChange): void {
    const { rows, index: entries, scratch } = this
    if (bytes === null) rows.removeSync(scratch.key(key))
    else rows.putSync(scratch.key(key), bytes)
    if (unindex !== null) entries.removeSync(scratch.key(unindex))
    if (index !== null) entries.putSync(scratch.key(index), key)
  }

  /** Takes the rows over from whoever had them. */
  private own(): number {
    return this.environment.transaction(() => {
      const before = this.readMeta()
      const isBelieved = before !== null && this.isOf(before.log) && before.readAt >= this.environment.trustedSince
      if (!isBelieved) {
        this.rows.clearSync()
        this.index.clearSync()
      }
      const { position, readAt } = isBelieved ? before : { position: -1, readAt: this.environment.now }
      const owner = (before?.owner ?? 0) + 1
      if (this.log === '' && isBelieved) this.log = before.log
      this.writeMeta({ position, readAt }, owner)
      this.position = position
      return owner
    })
  }

  /** A topic that was deleted and made anew has the same name, and may have the same offsets. */
  private isOf(log: string): boolean {
    return log === this.log || log === '' || this.log === ''
  }

  private confirm(): Meta {
    const now = this.readMeta()
    if (now?.owner === this.owner && now.position === this.position) return now
    throw new MillraceError('fenced', {
      code: 'MR4006',
      what: `Another worker has taken over the local state of ${this.store}`,
      where: this.environment.directory,
      why: 'a directory of state can be used by one process at a time',
      fix: 'give each worker a directory of its own',
    })
  }

  private readMeta(): Meta | null {
    const bytes = this.meta.getBinary(this.metaKey)
    if (bytes === undefined || bytes.length < metaBytes || bytes.readUInt32BE(0) !== format) return null
    const [position, readAt] = [bytes.readDoubleBE(8), bytes.readDoubleBE(16)]
    return { owner: bytes.readUInt32BE(4), position, readAt, log: bytes.toString('utf8', metaBytes) }
  }

  private writeMeta({ position, readAt }: Pick<Meta, 'position' | 'readAt'>, owner: number = this.owner): void {
    const bytes = Buffer.alloc(metaBytes)
    bytes.writeUInt32BE(format)
    bytes.writeUInt32BE(owner, 4)
    bytes.writeDoubleBE(position, 8)
    bytes.writeDoubleBE(readAt, 16)
    this.meta.putSync(this.metaKey, Buffer.concat([bytes, Buffer.from(this.log)]))
  }
}

function entriesOf(table: Table): number {
  return (table.getStats() as { readonly entryCount: number }).entryCount
}

interface Range {
  start?: Buffer
  end?: Buffer
  reverse?: boolean
  exclusiveStart?: boolean
  inclusiveEnd?: boolean
}

function rangeOf(from: Buffer | null, to: Buffer | null, order: RowOrder): Range {
  if (order === 'ascending') {
    return { start: from === null ? lowestTableKey : tableKey(from), ...(to !== null && { end: tableKey(to) }) }
  }
  const down: Range = { reverse: true, inclusiveEnd: true, end: from === null ? lowestTableKey : tableKey(from) }
  return to === null ? down : { ...down, start: tableKey(to), exclusiveStart: true }
}
