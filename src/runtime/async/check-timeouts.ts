import { type Duration, toMilliseconds } from '../../clock.ts'
import { MillraceError } from '../../faults.ts'
import type { Graph } from '../../topology/graph.ts'

/**
 * A commit waits for the answers that are under way, and Kafka gives an open transaction up after a while.
 * @throws MillraceError MR1005 when a step may wait for longer than that
 */
export function checkTimeouts({ subTopologies }: Graph, transactionTimeout: Duration): void {
  const limit = toMilliseconds(transactionTimeout)
  for (const { node } of subTopologies.flatMap(({ nodes }) => nodes)) {
    if (node.kind !== 'map-async' || node.timeout < limit) continue
    throw new MillraceError('fatal', {
      code: 'MR1005',
      what: `The step ${node.name} may wait ${node.timeout} ms, the transaction timeout is ${limit} ms`,
      why: 'a commit waits for the answers that are under way: Kafka would abort the transaction meanwhile',
      fix: 'lower the timeout of the step, or raise the transactionTimeout of the run',
    })
  }
}
