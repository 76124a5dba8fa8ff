/** Whether the node that was asked coordinates the group or transactional id that a request is about. */
import type { TopicPartition } from '../record.ts'
import { errorCode } from '../wire/errors.ts'
import type { Broker } from './broker.ts'
import type { Caller } from './handler.ts'
import { offsetsPartition, transactionsPartition } from './internal-topics.ts'

/** NONE, NOT_COORDINATOR, COORDINATOR_LOAD_IN_PROGRESS or COORDINATOR_NOT_AVAILABLE, for the partition of an internal topic. */
function coordinatorProblem({ coordinators }: Broker, { node }: Caller, partition: TopicPartition): number {
  return coordinators.problem(node, partition)
}

/** What keeps the node from answering for the group. */
export function groupCoordinatorProblem(broker: Broker, caller: Caller, groupId: string): number {
  return coordinatorProblem(broker, caller, offsetsPartition(groupId))
}

/** The same where the group must have a name: positions alone may be kept under none. */
export function namedGroupProblem(broker: Broker, caller: Caller, groupId: string): number {
  return groupId === '' ? errorCode.INVALID_GROUP_ID : groupCoordinatorProblem(broker, caller, groupId)
}

/** What keeps the node from answering for the transactional id. */
export function transactionCoordinatorProblem(broker: Broker, caller: Caller, transactionalId: string): number {
  return coordinatorProblem(broker, caller, transactionsPartition(transactionalId))
}
