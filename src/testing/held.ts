/** Records that failed and wait for the driven clock, in front of their queues or in flight. */
import type { Task } from '../runtime/tasks/task.ts'
import type { HeldRecord } from './flow.ts'

export function heldIn(tasks: readonly Task[]): HeldRecord[] {
  return tasks.flatMap((task) => [...before(task), ...inFlight(task)])
}

function before({ id, failing, allQueues }: Task): HeldRecord[] {
  return failing.waiting.flatMap(({ input, offset, attempts, next }) => {
    const { topic, partition } = allQueues[input]!
    return next.kind === 'wait' ? [{ task: id, topic, partition, offset, attempts, until: next.until }] : []
  })
}

function inFlight({ id, flights }: Task): HeldRecord[] {
  return (flights?.resting ?? []).flatMap(({ failures, restsUntil, flight: { record, attemptsBefore } }) => {
    if (record === null) return []
    const { topic, partition, offset } = record.source
    return [{ task: id, topic, partition, offset, attempts: attemptsBefore + failures, until: restsUntil }]
  })
}
