/** The matches under way of each key, a row for all that one record began. */

import { prefixEnd, RowKeyReader, RowKeyWriter } from '../../state/row-key.ts'
import type { OrderedStore } from '../../state/store.ts'
import { timeOfIndex } from '../time-index.ts'
import { nameOf, type PackedRun, packRun, unpackRun } from './pack.ts'
import { compareIds, type RecordId, type Run, startOf } from './run.ts'

/** Rows `key | sequence | time` of the record that began, indexed by time. */
export class PartialMatches {
  private readonly store: OrderedStore
  private readonly writer = new RowKeyWriter()

  constructor(store: OrderedStore) {
    this.store = store
  }

  /** When the first of all began, +Infinity when there is none. Cheap: asked for with every record. */
  get firstStart(): number {
    return timeOfIndex(this.store.firstIndex)
  }

  /** The key whose match began first. */
  firstKey(): Buffer {
    for (const { key } of this.store.scanIndex(null, null)) return new RowKeyReader(key).bytes()
    throw new RangeError('No match is under way')
  }

  /** In the order in which they began. */
  of(keyBytes: Buffer): readonly Run[] {
    const prefix = this.writer.bytes(keyBytes).finish()
    const rows = [...this.store.scan(prefix, prefixEnd(prefix))]
    const groups = rows.map(({ time, value }) => (value as readonly PackedRun[]).map((run) => unpackRun(run, time)))
    return groups.sort(([one], [other]) => compareIds(startOf(one!.taken), startOf(other!.taken))).flat()
  }

  /** Writes what changed. Runs that did not are the same objects. */
  replace(keyBytes: Buffer, before: readonly Run[], after: readonly Run[]): void {
    const old = byStart(before)
    const present = byStart(after)
    for (const [name, { start }] of old) if (!present.has(name)) this.store.delete(this.rowKey(keyBytes, start))
    for (const [name, { start, runs }] of present) {
      if (isSame(old.get(name)?.runs ?? [], runs)) continue
      this.store.put(this.rowKey(keyBytes, start), runs.map(packRun), start[0])
    }
  }

  private rowKey(keyBytes: Buffer, [time, sequence]: RecordId): Buffer {
    return this.writer.bytes(keyBytes).sequence(sequence).time(time).finish()
  }
}

interface Group {
  readonly start: RecordId
  readonly runs: Run[]
}

function byStart(runs: readonly Run[]): Map<string, Group> {
  const groups = new Map<string, Group>()
  for (const run of runs) {
    const start = startOf(run.taken)
    const name = nameOf(start)
    const group = groups.get(name)
    if (group === undefined) groups.set(name, { start, runs: [run] })
    else group.runs.push(run)
  }
  return groups
}

function isSame(one: readonly Run[], other: readonly Run[]): boolean {
  return one.length === other.length && one.every((run, index) => run === other[index])
}
