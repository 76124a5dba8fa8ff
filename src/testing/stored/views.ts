/** Answers what tests ask of a store, over the tasks that keep parts of it. */
import { MillraceError } from '../../faults.ts'
import type { Window } from '../../record.ts'
import type { Task, TaskStore } from '../../runtime/tasks/task.ts'
import { type Entry, entriesOf, mainStore, nodeOf } from './entries.ts'
import type { AnyStoredRow, StoredBounds, StoredVersion } from './rows.ts'

interface Part {
  readonly task: Task
  readonly store: TaskStore
}

/** All that can be asked; the types of `Flow.store` say what of it a store answers. */
export interface Stored {
  get(key: unknown, at?: number): unknown
  fetch(key: unknown, bounds?: StoredBounds): AnyStoredRow[]
  versions(key: unknown, bounds?: StoredBounds): StoredVersion<unknown, unknown>[]
  rows(): unknown[]
}

/** @throws MillraceError MR4202 when no task keeps such a store */
export function storedRows(tasks: readonly Task[], name: string, app: string): Stored {
  const parts = tasks.flatMap((task): Part[] => {
    const store = task.stores.find(({ spec }) => spec.name === name)
    return store === undefined ? [] : [{ task, store }]
  })
  const [first] = parts
  if (first === undefined) throw noStore(name, app)
  return historyOf(first) === null ? new PlainStored(parts) : new VersionedStored(parts)
}

function historyOf({ task, store }: Part): number | null {
  const node = nodeOf(task, store.spec.node)
  return mainStore(node) === store.spec.name && 'history' in node ? (node.history as number | null) : null
}

function noStore(name: string, app: string): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR4202',
    what: `The topology ${app} has no store ${name}`,
    why: 'rows are kept by folds, table sources, toTable and other steps with state, under the names they were given',
    fix: "give the stream or table that the fold itself returns, or its name: flow.store('counts')",
  })
}

class PlainStored implements Stored {
  private readonly parts: readonly Part[]

  constructor(parts: readonly Part[]) {
    this.parts = parts
  }

  get(key: unknown): AnyStoredRow | undefined {
    return this.fetch(key).at(-1)
  }

  fetch(key: unknown, bounds: StoredBounds = {}): AnyStoredRow[] {
    return ofKey(this.parts, key)
      .filter((entry) => isWithin(entry, bounds))
      .sort(byStart)
      .map(rowOf)
  }

  versions(): never[] {
    return []
  }

  rows(): AnyStoredRow[] {
    return this.parts.flatMap(({ task, store }) => entriesOf(task, store)).map(rowOf)
  }
}

class VersionedStored implements Stored {
  private readonly parts: readonly Part[]

  constructor(parts: readonly Part[]) {
    this.parts = parts
  }

  get(key: unknown, at: number = Number.POSITIVE_INFINITY): StoredVersion<unknown, unknown> | undefined {
    const found = this.versions(key).findLast(({ valid }) => valid.from <= at)
    if (found === undefined || found.value === null) return undefined
    return found.valid.to !== null && this.isForgotten(at) ? undefined : found
  }

  fetch(): never[] {
    return []
  }

  versions(key: unknown, bounds: StoredBounds = {}): StoredVersion<unknown, unknown>[] {
    const entries = ofKey(this.parts, key).sort(byStart)
    const versions = entries.map((entry, index) => versionOf(entry, entries[index + 1]))
    return versions.filter(({ valid: { from } }) => startsWithin(from, bounds))
  }

  rows(): StoredVersion<unknown, unknown>[] {
    return this.parts.flatMap(({ task, store }) => {
      const entries = entriesOf(task, store)
      return entries.map((entry, index) => {
        const next = entries[index + 1]
        return versionOf(entry, next?.isOf(entry.key) ? next : undefined)
      })
    })
  }

  /** What lies before the history may be purged or not: the answer is the same. */
  private isForgotten(at: number): boolean {
    return this.parts.every((part) => at < part.task.committedTime(part.store.spec.node) - historyOf(part)!)
  }
}

function ofKey(parts: readonly Part[], key: unknown): Entry[] {
  return parts.flatMap(({ task, store }) => entriesOf(task, store)).filter(({ isOf }) => isOf(key))
}

function isWithin({ span }: Entry, bounds: StoredBounds): boolean {
  return span === null || startsWithin(span.start, bounds)
}

function startsWithin(
  start: number,
  { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }: StoredBounds,
): boolean {
  return start >= from && start < to
}

function byStart(one: Entry, other: Entry): number {
  return (one.span?.start ?? 0) - (other.span?.start ?? 0)
}

function rowOf({ key, value, time, span }: Entry): AnyStoredRow {
  return { key, value, time, window: span === null ? null : windowOf(span.start, span.end ?? span.start) }
}

function windowOf(start: number, end: number): Window {
  return { start: new Date(start), end: new Date(end) }
}

function versionOf({ key, value, time, span }: Entry, next: Entry | undefined): StoredVersion<unknown, unknown> {
  return { key, value, time, valid: { from: span!.start, to: next?.span?.start ?? null } }
}
