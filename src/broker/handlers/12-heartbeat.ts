/**
 * Heartbeat.
 * Behaviour: keeps the session, and tells a member that it has to join again.
 * Version notes: 3 static members.
 */
import { Heartbeat } from '../../wire/apis/index.ts'
import { namedGroupProblem } from '../coordinator-problem.ts'
import { type AnyHandler, handler } from '../handler.ts'

export const heartbeat: AnyHandler = handler({
  api: Heartbeat,
  execute({ groupId, generationId, memberId, groupInstanceId: instanceId }, broker, caller) {
    const errorCode =
      namedGroupProblem(broker, caller, groupId) ||
      broker.groups.heartbeat({ groupId, generationId, memberId, instanceId })
    return { throttleTimeMs: 0, errorCode }
  },
  refuse: (_, errorCode) => ({ throttleTimeMs: 0, errorCode }),
})
