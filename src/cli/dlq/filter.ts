/** From flags to the filter of the library, and to what reads keys and values. */

import { type LetterFilter, parseFilter, parseInstant } from '../../dead-letters/index.ts'
import { MillraceError } from '../../faults.ts'
import type { Topology } from '../../index.ts'
import { loadTopologies } from '../load.ts'
import { exactFilters, type FilterFlags } from './flags.ts'

/**
 * The filter that flags describe. It is whole: an expression that cannot be understood is told before Kafka is asked.
 * @param now that instants such as -2h count from, milliseconds
 * @throws MillraceError MR1003 for a time that is none, MR4403 for an expression
 */
export function filterOf(flags: FilterFlags, now: number): LetterFilter {
  const { fromTime, toTime, filter: expression } = flags
  if (expression !== undefined) parseFilter(expression, { now })
  return {
    ...Object.fromEntries(exactFilters.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]]]))),
    ...(fromTime !== undefined && { from: instantOf('--from-time', fromTime, now) }),
    ...(toTime !== undefined && { to: instantOf('--to-time', toTime, now) }),
    ...(expression !== undefined && { expression, now }),
  }
}

/** The topology in a file that owns a queue; undefined without a file. @throws MillraceError MR1002 when none does */
export async function topologyOf(file: string | undefined, queue: string): Promise<Topology | undefined> {
  if (file === undefined) return undefined
  const topologies = await loadTopologies([file])
  const owner = topologies.find(({ name }) => queue.startsWith(`${name}.dlq.`))
  if (owner !== undefined || topologies.length === 1) return owner ?? topologies[0]
  throw new MillraceError('fatal', {
    code: 'MR1002',
    what: `${file} has no topology that ${queue} belongs to`,
    why: `it exports ${topologies.map(({ name }) => name).join(', ')}`,
    fix: 'Give the whole name of the queue: <app>.dlq.<name>',
  })
}

function instantOf(flag: string, text: string, now: number): number {
  const time = parseInstant(text, now)
  if (time !== null) return time
  throw new MillraceError('fatal', {
    code: 'MR1003',
    what: `${flag} cannot be "${text}"`,
    fix: 'Give an instant such as 2026-11-21T08:00:00Z, or how long ago: -2h',
  })
}
