import { type Duration, toMilliseconds } from '../../clock.ts'
import { MillraceError } from '../../faults.ts'
import type { Graph, SubTopology } from '../../topology/graph.ts'
import { longestPace } from './commit-pace.ts'

/**
 * A commit waits for the answers that are under way, one step after the other, and Kafka gives an open transaction up
 * after a while.
 * @throws MillraceError MR1005 when that may take longer
 */
export function checkTimeouts({ subTopologies }: Graph, transactionTimeout: Duration): void {
  const limit = toMilliseconds(transactionTimeout)
  for (const subTopology of subTopologies) {
    const wait = longestWait(subTopology)
    if (wait === 0 || wait + longestPace < limit) continue
    throw new MillraceError('fatal', {
      code: 'MR1005',
      what: `The steps behind ${subTopology.name} may wait ${wait} ms, the transaction timeout is ${limit} ms`,
      why: `a commit waits for the answers that are under way: with the ${longestPace} ms before, Kafka might abort the transaction`,
      fix: 'lower the timeouts of mapAsync, put a keyBy between two such steps, or raise the transactionTimeout of the run',
    })
  }
}

/** The timeouts of all steps that lie one behind the other, on the longest way; milliseconds. */
function longestWait({ nodes }: SubTopology): number {
  const waits: number[] = []
  for (const { index, inputs, node } of nodes) {
    const own = node.kind === 'map-async' ? node.timeout : 0
    waits[index] = own + Math.max(0, ...inputs.map((input) => waits[input]!))
  }
  return Math.max(0, ...waits)
}
