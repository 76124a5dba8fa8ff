/** What the workers of a soak have told, read back from their journals. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The environment variable by which a worker learns where its journal is. */
export const journalFolder = 'SOAK_JOURNAL'

export interface Told {
  readonly at: number
  readonly event: string
  readonly [detail: string]: unknown
}

/** A killed process may leave a last line without its end. */
export function parseJournal(text: string): Told[] {
  const lines = text.split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line) as Told)
}

/** Tasks that a thread has after all it told. */
export function tasksAfter(journal: readonly Told[]): readonly string[] {
  let tasks = new Set<string>()
  for (const { event, gained = [], revoked = [], tasks: lost = [] } of journal) {
    if (event === 'worker.stopped') tasks = new Set()
    if (event === 'tasks.lost') for (const task of lost as readonly string[]) tasks.delete(task)
    if (event !== 'tasks.assigned') continue
    for (const task of gained as readonly string[]) tasks.add(task)
    for (const task of revoked as readonly string[]) tasks.delete(task)
  }
  return [...tasks]
}

export interface Counts {
  readonly aborts: number
  /** Times that a worker found its tasks or its transaction taken over. */
  readonly fenced: number
  readonly restores: number
  readonly restoredRows: number
  /** Generations in which a worker gained or gave up tasks. */
  readonly rebalances: number
  readonly starts: number
  readonly commits: number
}

export function countsOf(told: readonly Told[]): Counts {
  const named = (name: string): readonly Told[] => told.filter(({ event }) => event === name)
  const moved = named('tasks.assigned').filter(({ gained, revoked }) => lengthOf(gained) + lengthOf(revoked) > 0)
  return {
    aborts: named('transaction.aborted').length,
    fenced: told.filter(isFencing).length,
    restores: named('restore.ended').length,
    restoredRows: named('restore.ended').reduce((sum, { rows }) => sum + Number(rows), 0),
    rebalances: new Set(moved.map(({ generation }) => generation)).size,
    starts: named('worker.started').length,
    commits: named('commit.ended').length,
  }
}

function isFencing({ event, reason, tasks = [] }: Told): boolean {
  if (event === 'tasks.lost') return lengthOf(tasks) > 0
  return event === 'transaction.aborted' && /FENCED|INVALID_PRODUCER_EPOCH/.test(String(reason))
}

function lengthOf(list: unknown): number {
  return (list as readonly string[]).length
}

export class Journals {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  /** Of a process with one thread; none before it has told anything. */
  tasksOf(pid: number): readonly string[] {
    return tasksAfter(this.#files().flatMap((file) => (file.includes(`-${pid}-`) ? this.#read(file) : [])))
  }

  all(): readonly Told[] {
    return this.#files().flatMap((file) => this.#read(file))
  }

  #files(): string[] {
    return existsSync(this.folder) ? readdirSync(this.folder).sort() : []
  }

  #read(file: string): Told[] {
    return parseJournal(readFileSync(join(this.folder, file), 'utf8'))
  }
}
