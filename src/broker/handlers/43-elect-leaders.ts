/**
 * ElectLeaders.
 * Behaviour: gives leadership back to the preferred replica (type 0) if it lives, or to any that does (type 1) where
 * there is no leader. What needs no election says so; when all partitions were asked for it is left out.
 * Version notes: 1 types.
 */
import { ElectLeaders } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Request, ResponseInput } from '../../wire/schema.ts'
import type { Broker } from '../broker.ts'
import { type AnyHandler, handler } from '../handler.ts'
import { noLeader } from '../leadership.ts'

type ElectRequest = Request<typeof ElectLeaders>
type Wanted = NonNullable<ElectRequest['topicPartitions']>
type Results = ResponseInput<typeof ElectLeaders>['replicaElectionResults']

const preferredElection = 0

export const electLeaders: AnyHandler = handler({
  api: ElectLeaders,
  execute({ electionType, topicPartitions }, broker) {
    const elect = electionType === preferredElection ? electPreferred : electAny
    const results = answer(topicPartitions ?? everything(broker), (topic, partition) => elect(topic, partition, broker))
    return { throttleTimeMs: 0, replicaElectionResults: topicPartitions === null ? performed(results) : results }
  },
  refuse: (request, code) => ({
    throttleTimeMs: 0,
    replicaElectionResults: answer(request.topicPartitions ?? [], () => code),
  }),
})

function everything({ topics }: Broker): Wanted {
  return topics.all().map(({ name, partitions }) => ({ topic: name, partitions: [...partitions.keys()] }))
}

function answer(wanted: Wanted, codeOf: (topic: string, partition: number) => number): Results {
  return wanted.map(({ topic, partitions }) => ({
    topic,
    partitionResult: partitions.map((partitionId) => ({
      partitionId,
      errorCode: codeOf(topic, partitionId),
      errorMessage: null,
    })),
  }))
}

function performed(results: Results): Results {
  const elected = results.map(({ topic, partitionResult }) => ({
    topic,
    partitionResult: partitionResult.filter((result) => result.errorCode !== errorCode.ELECTION_NOT_NEEDED),
  }))
  return elected.filter(({ partitionResult }) => partitionResult.length > 0)
}

function electPreferred(topic: string, partition: number, { topics, leadership, nodes }: Broker): number {
  const log = topics.log(topic, partition)
  if (log === undefined) return errorCode.UNKNOWN_TOPIC_OR_PARTITION
  const preferred = leadership.preferred(log)
  if (log.leader === preferred) return errorCode.ELECTION_NOT_NEEDED
  if (!nodes.isAlive(preferred)) return errorCode.PREFERRED_LEADER_NOT_AVAILABLE
  leadership.move(topic, partition, log, preferred)
  return errorCode.NONE
}

function electAny(topic: string, partition: number, { topics, leadership }: Broker): number {
  const log = topics.log(topic, partition)
  if (log === undefined) return errorCode.UNKNOWN_TOPIC_OR_PARTITION
  if (log.leader !== noLeader) return errorCode.ELECTION_NOT_NEEDED
  leadership.elect(topic, partition, log)
  return log.leader === noLeader ? errorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE : errorCode.NONE
}
