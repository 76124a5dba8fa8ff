/** What a record costs while so many keys are alive, phase by phase. */
import { runInside } from '../../scripts/tools/inside/run-inside.ts'
import { from, type Topology, text, topic, topology, tumbling } from '../../src/index.ts'

/** Microseconds of CPU of the whole process, so that what V8 does beside the worker's thread is in them. */
export interface KeyCosts {
  /** The first record of a key: its row is made. */
  readonly first: number
  /** A record of a key that has its row. All keys come in turn, so none is found at hand but where there are few. */
  readonly update: number
  /** A row that the end of the run closes; of a table nothing. */
  readonly close: number
}

export type KeyWork = 'windowed' | 'table'

/** Long enough that caches and commits of the phase before don't count. */
const updates = 2_000_000
/** So many are behind those that are measured: the first partition to end closes its windows while others still work. */
const spareUpdates = updates / 4
const partitions = 4
const recordsPerBatch = 1_000

/**
 * Every key comes once, then so many records come on keys that are all there; at the end the windows close.
 * @example await measureKeys('windowed', 10_000_000)
 */
export async function measureKeys(work: KeyWork, keys: number): Promise<KeyCosts> {
  const measured = updates - spareUpdates
  const marks: number[] = []
  let count = 0
  const note = (): void => {
    if (count === 0 || count === keys || count === keys + measured) marks.push(cpuMicroseconds())
    count++
  }
  await runInside(works[work](note), { partitions, keys, records: keys + updates, recordsPerBatch })
  const [began, filled, worked] = marks as [number, number, number]
  const update = (worked - filled) / measured
  return {
    first: (filled - began) / keys,
    update,
    close: (cpuMicroseconds() - worked - spareUpdates * update) / keys,
  }
}

/** Each is told of every record. */
const works: Readonly<Record<KeyWork, (note: () => void) => Topology>> = {
  /** One window that is open to the end: as many rows as there are keys. */
  windowed: (note) =>
    topology(
      'inside-keys-windowed',
      from(bids())
        .peek(note)
        .window(tumbling({ days: 1_000 }))
        .count('bids-per-auction')
        .map((total, { key }) => `${key},${total}`)
        .to(out()),
    ),
  table: (note) =>
    topology(
      'inside-keys-table',
      from(bids())
        .peek(note)
        .count('bids-per-auction')
        .map((total) => String(total))
        .to(out()),
    ),
}

function bids() {
  return topic('nexmark.bids', { key: text, value: text })
}

function out() {
  return topic('out', { key: text, value: text })
}

function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}
