/** Writes of the next transaction while the last one is on its way: random histories beside a model of three layers. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/random.ts'
import { encodeRow } from '../../src/state/row-format.ts'
import type { Rows } from '../../src/state/rows.ts'
import type { StoreSpec } from '../../src/state/store.ts'
import { UndoLog } from '../../src/state/undo.ts'
import { type Line, type Subject, type SubjectKind, subjectKinds } from './random-subjects.ts'

interface Write {
  readonly key: number
  readonly how: 'put' | 'update' | 'delete'
  readonly value: number
}

type Step =
  | { readonly kind: 'record'; readonly writes: readonly Write[]; readonly undone: boolean }
  | { readonly kind: 'flush' | 'commit' | 'abort' | 'look' }

const poolSize = 12

const write: fc.Arbitrary<Write> = fc.record({
  key: fc.nat(poolSize - 1),
  how: fc.constantFrom('put', 'update', 'update', 'delete'),
  value: fc.nat(999),
})
const record: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('record' as const),
  writes: fc.array(write, { minLength: 1, maxLength: 4 }),
  undone: fc.boolean(),
})
const history: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 10, arbitrary: record },
    { weight: 3, arbitrary: fc.constant({ kind: 'flush' as const }) },
    { weight: 3, arbitrary: fc.constant({ kind: 'commit' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'abort' as const }) },
    { weight: 4, arbitrary: fc.constant({ kind: 'look' as const }) },
  ),
  { maxLength: 60 },
)

type Layer = Map<string, Line>

class PipelinedWorld {
  private readonly undo = new UndoLog()
  private readonly rows: Rows
  private readonly subject: Subject
  private readonly pool: readonly string[]
  private committed: Layer = new Map()
  /** Null while nothing is on its way. */
  private flushed: Layer | null = null
  private live: Layer = new Map()
  /** The changelog, folded: rows by key, as they must be stored. */
  private readonly log = new Map<string, string>()
  private readonly sent: [string, string | null][] = []
  private offset = 0

  constructor(kind: SubjectKind, rows: Rows) {
    this.rows = rows
    this.subject = kind.open(rows, this.undo)
    const random = seededRandom(7)
    const pool = new Set<string>()
    while (pool.size < poolSize) pool.add(kind.key(random))
    this.pool = [...pool]
  }

  take(step: Step): void {
    if (step.kind === 'record') this.record(step.writes, step.undone)
    else this[step.kind]()
  }

  /** Everything a reader can see, and what lies beneath. */
  look(): void {
    for (const key of this.pool) {
      const row = this.subject.get(key)
      const { value, time } = this.live.get(key) ?? {}
      expect([row?.value, row?.time]).toEqual([value, time])
    }
    const keys = [...this.live.keys()].sort()
    expect(this.subject.first()).toEqual(this.subject.firstOf(keys))
    const seen = Array.from(this.subject.scan(null, null, 'ascending'), ({ key, value, time }) => ({
      key,
      value,
      time,
    }))
    expect(seen).toEqual(keys.map((key) => this.live.get(key)))
    const stored = [...this.rows.scan(null, null)].map(({ key, bytes }) => [key.toString('hex'), bytes.toString('hex')])
    expect(stored).toEqual([...this.log].sort(([one], [other]) => (one < other ? -1 : 1)))
  }

  close(): void {
    this.subject.store.close()
  }

  private record(writes: readonly Write[], undone: boolean): void {
    const before = new Map(this.live)
    for (const { key: at, how, value } of writes) {
      const key = this.pool[at]!
      if (how === 'delete') {
        this.subject.delete(key, value)
        this.live.delete(key)
      } else {
        this.subject[how](key, value, value)
        this.live.set(key, { key, value, time: value })
      }
    }
    if (undone) {
      this.undo.undoTo(0)
      this.live = before
    }
    this.undo.forget()
  }

  private flush(): void {
    const { store } = this.subject
    if (this.flushed !== null) {
      expect(() => store.flush(() => undefined)).toThrow()
      return
    }
    this.sent.length = 0
    store.flush((key, value, time) => {
      this.sent.push([
        Buffer.from(key).toString('hex'),
        value === null ? null : encodeRow(value, time, 0).toString('hex'),
      ])
    })
    expect(new Set(this.sent.map(([key]) => key)).size).toBe(this.sent.length)
    this.flushed = new Map(this.live)
  }

  private commit(): void {
    if (this.flushed === null) return
    this.offset += this.sent.length
    this.subject.store.commit(this.offset)
    this.committed = this.flushed
    this.flushed = null
    for (const [key, row] of this.sent) {
      if (row === null) this.log.delete(key)
      else this.log.set(key, row)
    }
    expect(this.subject.store.position).toBe(this.offset)
    this.look()
  }

  private abort(): void {
    this.subject.store.abort()
    this.flushed = null
    this.live = new Map(this.committed)
    this.look()
  }
}

/** Random histories; on failure fast-check prints the shortest. */
export function testPipelined(what: string, runs: number, open: (kind: StoreSpec['kind']) => Rows): void {
  describe.each(subjectKinds.map((kind) => [kind.name, kind] as const))(`${what}, %s, pipelined`, (_name, kind) => {
    test('what is written behind a flush is the next transaction', () => {
      const world = new PipelinedWorld(kind, open(kind.name))
      const put = (key: number, value: number, undone = false): Step => ({
        kind: 'record',
        writes: [{ key, how: 'update', value }],
        undone,
      })
      world.take(put(0, 1))
      world.take(put(1, 1))
      world.take({ kind: 'flush' })
      world.take(put(0, 2))
      world.take(put(1, 2, true))
      world.take({ kind: 'look' })
      world.take({ kind: 'commit' })
      world.take({ kind: 'flush' })
      world.take({ kind: 'commit' })
      world.close()
    })

    test('random histories', () => {
      fc.assert(
        fc.property(history, (steps) => {
          const world = new PipelinedWorld(kind, open(kind.name))
          for (const step of steps) world.take(step)
          world.look()
          world.close()
        }),
        { numRuns: runs, seed: 7 },
      )
    })
  })
}
