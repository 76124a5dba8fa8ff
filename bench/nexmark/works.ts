/** Every work that Millrace is measured at, as a table: the file that a worker runs, the topology in it, its result. */
import { fileURLToPath } from 'node:url'
import { compile, type Topology } from '../../src/index.ts'
import { map } from './queries/map.ts'
import { q0 } from './queries/q0.ts'
import { q1 } from './queries/q1.ts'
import { q2 } from './queries/q2.ts'
import { q3 } from './queries/q3.ts'
import { q4 } from './queries/q4.ts'
import { q5 } from './queries/q5.ts'
import { q7 } from './queries/q7.ts'
import { q8 } from './queries/q8.ts'
import { q9 } from './queries/q9.ts'
import { q11 } from './queries/q11.ts'
import { q12 } from './queries/q12.ts'
import { q13 } from './queries/q13.ts'
import { q14 } from './queries/q14.ts'
import { q15 } from './queries/q15.ts'
import { q16 } from './queries/q16.ts'
import { q17 } from './queries/q17.ts'
import { q18 } from './queries/q18.ts'
import { q19 } from './queries/q19.ts'
import { q20 } from './queries/q20.ts'
import { q21 } from './queries/q21.ts'
import { q22 } from './queries/q22.ts'
import { q23 } from './queries/q23.ts'
import { windowedCountFinal } from './queries/windowed-count-final.ts'
import { windowedCountUpdates } from './queries/windowed-count-updates.ts'
import { outputTopic, type QueryName, type Specification, specifications } from './specification.ts'

/** A work as Millrace does it. */
export interface NexmarkWork {
  readonly name: QueryName
  /** For `millrace run FILE`. */
  readonly file: string
  readonly topology: Topology
  /** The topic it writes. */
  readonly output: string
  readonly specification: Specification
}

const topologies: Readonly<Record<QueryName, Topology>> = {
  map,
  'windowed-count-final': windowedCountFinal,
  'windowed-count-updates': windowedCountUpdates,
  ...{ q0, q1, q2, q3, q4, q5, q7, q8, q9, q11, q12, q13 },
  ...{ q14, q15, q16, q17, q18, q19, q20, q21, q22, q23 },
}

/** In the order in which they are told. */
export const works: readonly NexmarkWork[] = (Object.keys(specifications) as QueryName[]).map((name) => ({
  name,
  file: fileURLToPath(new URL(`./queries/${name}.ts`, import.meta.url)),
  topology: topologies[name],
  output: outputTopic('millrace', name),
  specification: specifications[name],
}))

/**
 * A work by its name on the command line.
 * @example workNamed('q5')?.output // 'out.millrace.q5'
 */
export function workNamed(name: string): NexmarkWork | undefined {
  return works.find((work) => work.name === name)
}

/** The internal topics that a work makes, to be deleted before it runs again. */
export function internalTopics({ topology }: NexmarkWork): readonly string[] {
  return compile(topology).internal.map((internal) => internal.name)
}
