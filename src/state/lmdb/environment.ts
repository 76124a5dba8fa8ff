/** One LMDB environment: the directory of one task, with a database for each of its stores. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Database, open, type RootDatabase } from 'lmdb'
import type { Clock } from '../../clock.ts'
import { MillraceError, toError } from '../../faults.ts'
import { dataFileState } from './data-file.ts'
import { bootName, isTrusted, markInUse, markSynced } from './trust.ts'

export type Table = Database<Buffer, Buffer>

export interface EnvironmentOptions {
  /** Milliseconds after which rows that nobody brought up to date are no longer believed. */
  readonly trustedFor: number
  readonly clock: Clock
}

const maxTables = 256
/** Reserved, not used: LMDB maps the file anew when it outgrows this. The disk alone bounds what a task may keep. */
const addressSpace = 2 ** 36
const binary = { encoding: 'binary', keyEncoding: 'binary' } as const

export class Environment {
  readonly directory: string
  private readonly clock: Clock
  private readonly trustedFor: number
  private readonly root: RootDatabase<Buffer, Buffer>
  private users = 0

  /** @throws MillraceError fatal MR4007 when the directory can't be used */
  constructor(directory: string, { trustedFor, clock }: EnvironmentOptions) {
    this.directory = directory
    this.clock = clock
    this.trustedFor = trustedFor
    try {
      const boot = bootName()
      prepare(directory, boot)
      this.root = open({
        path: directory,
        noSubdir: false,
        maxDbs: maxTables,
        mapSize: addressSpace,
        noSync: boot !== null,
        overlappingSync: false,
        ...binary,
      }) as RootDatabase<Buffer, Buffer>
    } catch (cause) {
      throw unusable(directory, cause)
    }
  }

  table(name: string): Table {
    return this.root.openDB(name, binary) as Table
  }

  /** Everything in `work` or nothing. */
  transaction<T>(work: () => T): T {
    return this.root.transactionSync(work)
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return this.clock.now()
  }

  /** Rows that were last up to date before are not believed. */
  get trustedSince(): number {
    return this.now - this.trustedFor
  }

  use(): void {
    this.users++
  }

  /** @returns true when nobody uses it any more: then it is closed */
  release(): boolean {
    if (--this.users > 0) return false
    // Nothing is under way in it: it is closed when this returns.
    void this.root.close()
    try {
      markSynced(this.directory, dataFile(this.directory))
    } catch {
      // A full disk, say. What is not marked is not believed, and restored.
    }
    return true
  }
}

/** Leaves a directory that LMDB can open: what can't be believed is removed, and restored from the changelog. */
function prepare(directory: string, boot: string | null): void {
  mkdirSync(directory, { recursive: true })
  const state = dataFileState(dataFile(directory))
  if (state === 'damaged' || (state === 'sound' && !isTrusted(directory, boot))) {
    rmSync(directory, { recursive: true })
    mkdirSync(directory, { recursive: true })
  }
  markInUse(directory, boot)
}

function dataFile(directory: string): string {
  return join(directory, 'data.mdb')
}

function unusable(directory: string, cause: unknown): MillraceError {
  return new MillraceError(
    'fatal',
    {
      code: 'MR4007',
      what: 'A directory of local state can not be used',
      where: directory,
      why: toError(cause).message,
      fix: 'see to the directory, its rights and its disk; it may also be removed: the state is in Kafka',
    },
    { cause },
  )
}
