/** The order in which test files run: a worker that gets a long one last leaves the others nothing to do meanwhile. */
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Longest first. A fresh clone knows no durations, and the longest are not the largest: most of them are contracts. */
const slowest: readonly string[] = [
  'test/kafka/runtime-apache.test.ts',
  'test/kafka/two-nodes.test.ts',
  'test/kafka/two-nodes-contract.test.ts',
  'test/runtime/running.test.ts',
  'test/kafka/coordinators.test.ts',
  'test/kafka/contract-apache.test.ts',
  'test/contracts/port-embedded.test.ts',
  'test/properties/laws.test.ts',
  'test/fuzz/fuzz.test.ts',
]

export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    // Those that share a process come last and together: it is handed on from one to the next in line only.
    const placeOf = ({ moduleId, project }: TestSpecification): number => {
      const place = slowest.findIndex((file) => moduleId.endsWith(file))
      if (place >= 0) return place
      return project.config.isolate ? slowest.length : slowest.length + 1
    }
    return sorted.toSorted((one, other) => placeOf(one) - placeOf(other))
  }
}
