/** What an example brings along; `show.ts` does the rest. */

import type { Kafka, TopicSpec } from '../../scripts/tools/client.ts'
import type { Topology } from '../../src/index.ts'

/** What was found in Kafka when the workers were done. */
export interface Findings {
  /** For the JSON line, by name. */
  readonly counts: Readonly<Record<string, number>>
  /** A sentence for each thing that is wrong: nothing is when there is none. */
  readonly complaints: readonly string[]
  /** Some of the result, to be read by a person. */
  readonly glimpse: readonly string[]
}

export interface Example {
  /** `npm run example -- <number>`. */
  readonly number: number
  readonly topology: Topology
  /** The file that exports the topology, for `millrace run`. */
  readonly file: URL
  /** The topics that the topology reads and writes. */
  readonly topics: readonly TopicSpec[]
  /** Fills the topics that it reads. */
  readonly produce: (kafka: Kafka) => Promise<void>
  /** Compares the topics that it wrote with another route to the same result. */
  readonly check: (kafka: Kafka) => Promise<Findings>
}

/** Data of 2013: without this Kafka deletes them while the example runs. */
export const forever: Readonly<Record<string, string>> = {
  'retention.ms': '-1',
  'message.timestamp.type': 'CreateTime',
}
