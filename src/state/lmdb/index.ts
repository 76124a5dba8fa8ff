/** `millrace/lmdb`: state on the worker's disk, so that a restart reads back only what it missed. */
import { join, resolve } from 'node:path'
import { type Clock, type Duration, systemClock, toMilliseconds } from '../../clock.ts'
import type { RowsPlace, StateBackend } from '../rows.ts'
import { Environment } from './environment.ts'
import { LmdbRows } from './rows.ts'

export interface LmdbOptions {
  /**
   * How long rows are believed that were not brought up to date, since their worker was away. What others have deleted meanwhile stays in a changelog for
   * `delete.retention.ms` only, 24 hours by default: rows that were away for longer might bring it back. Default 12 hours.
   */
  readonly trustedFor?: Duration
  readonly clock?: Clock
}

/** Of this process, by path: whoever opens a directory uses the same, and the last one to close it says it is synced. */
const environments = new Map<string, Environment>()

/**
 * Keeps rows in LMDB, `<directory>/<app>/<task>`: one environment a task. Needs the package `lmdb`. A process that is
 * killed loses nothing; after a stop of the whole machine that was not clean the rows are restored from the changelog.
 * @example await run(topology, { state: lmdb('/var/lib/flights') })
 */
export function lmdb(directory: string, options: LmdbOptions = {}): StateBackend {
  const { trustedFor = { hours: 12 }, clock = systemClock } = options
  const environmentOptions = { clock, trustedFor: toMilliseconds(trustedFor) }
  return {
    name: 'lmdb',
    isShared: true,
    open({ app, task, store, log }: RowsPlace) {
      const path = resolve(join(directory, encodeURIComponent(app), encodeURIComponent(task)))
      const environment = environments.get(path) ?? new Environment(path, environmentOptions)
      environments.set(path, environment)
      environment.use()
      return new LmdbRows(environment, { store, log }, () => {
        if (environment.release()) environments.delete(path)
      })
    },
  }
}
