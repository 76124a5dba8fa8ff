/** The law of state: what a store holds is the fold of its changelog, byte for byte. */
import { isDeletedRow, timeOfRow, valueStartOfRow } from '../../src/state/row-format.ts'
import type { Rows } from '../../src/state/rows.ts'
import type { Flow } from '../../src/testing/drive.ts'
import type { Captured } from './captured.ts'
import { rawRecords } from './run-case.ts'

/** Key, value and time of each row, in hexadecimal, by key. */
type Contents = Readonly<Record<string, readonly [value: string, time: number]>>

export class Changelogs {
  private readonly folded = new Map<string, Map<string, readonly [string, number]>>()
  private readonly app: string

  constructor(app: string) {
    this.app = app
  }

  /** What each store holds, and what it must hold. */
  compare(flow: Flow, { rows }: Captured): { readonly held: object; readonly folded: object } {
    const held: Record<string, Contents> = {}
    const folded: Record<string, Contents> = {}
    for (const [store, each] of rows) {
      held[store] = contentsOf(each)
      folded[store] = sorted(this.fold(flow, store))
    }
    return { held, folded }
  }

  private fold(flow: Flow, store: string): Map<string, readonly [string, number]> {
    const contents = this.folded.get(store) ?? new Map<string, readonly [string, number]>()
    this.folded.set(store, contents)
    for (const { key, value, time } of rawRecords(flow, `${this.app}.${store}.changelog`)) {
      const name = hex(key!)
      if (value === null) contents.delete(name)
      else contents.set(name, [hex(value), time])
    }
    return contents
  }
}

/** Deletions that are only remembered are no rows. */
export function contentsOf(rows: Rows): Contents {
  const found = Array.from(rows.scan(null, null), ({ key, bytes }) => ({ key: hex(key), bytes: Buffer.from(bytes) }))
  const alive = found.filter(({ bytes }) => !isDeletedRow(bytes))
  return Object.fromEntries(
    alive.map(({ key, bytes }) => [key, [hex(bytes.subarray(valueStartOfRow(bytes))), timeOfRow(bytes)] as const]),
  )
}

function sorted(contents: ReadonlyMap<string, readonly [string, number]>): Contents {
  return Object.fromEntries([...contents].sort(([one], [other]) => (one < other ? -1 : 1)))
}

function hex(bytes: Uint8Array): string {
  return `x${Buffer.from(bytes).toString('hex')}`
}
