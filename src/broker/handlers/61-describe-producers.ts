/**
 * DescribeProducers.
 * Behaviour: the producers that the leader of a partition remembers, and where their open transactions begin (KIP-664).
 */
import { DescribeProducers } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Request, ResponseInput } from '../../wire/schema.ts'
import { type AnyHandler, handler } from '../handler.ts'
import { leaderProblem } from '../leader-problem.ts'
import type { PartitionLog } from '../log/log.ts'

type Described = ResponseInput<typeof DescribeProducers>['topics'][number]['partitions'][number]

export const describeProducers: AnyHandler = handler({
  api: DescribeProducers,
  execute: (request, broker, { node }) =>
    answer(request, (topic, partition) => describe(partition, broker.topics.log(topic, partition), node)),
  refuse: (request, code) => answer(request, (_, partition) => refused(partition, code)),
})

function answer(
  { topics }: Request<typeof DescribeProducers>,
  describe: (topic: string, partition: number) => Described,
): ResponseInput<typeof DescribeProducers> {
  return {
    throttleTimeMs: 0,
    topics: topics.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((partition) => describe(name, partition)),
    })),
  }
}

function describe(partitionIndex: number, log: PartitionLog | undefined, node: number): Described {
  if (log === undefined) return refused(partitionIndex, errorCode.UNKNOWN_TOPIC_OR_PARTITION)
  const problem = leaderProblem(node, log)
  if (problem !== errorCode.NONE) return refused(partitionIndex, problem)
  const activeProducers = log.producers
    .describe()
    .map(({ currentTransactionStartOffset: currentTxnStartOffset, ...each }) => ({ ...each, currentTxnStartOffset }))
  return { partitionIndex, errorCode: errorCode.NONE, errorMessage: null, activeProducers }
}

function refused(partitionIndex: number, code: number): Described {
  return { partitionIndex, errorCode: code, errorMessage: null, activeProducers: [] }
}
