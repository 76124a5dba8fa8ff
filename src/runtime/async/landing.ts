/** Answers go on through the graph, with the record that asked in hand. */
import { findFault } from '../../faults.ts'
import type { OperatorCounters } from '../../operators/operator.ts'
import type { RecordCounts } from '../counters.ts'
import { type Outcome, StopRequest } from '../failures/failures.ts'
import type { Task } from '../tasks/task.ts'
import type { Call } from './flight.ts'
import type { Flights } from './flights.ts'

export interface LandingPorts {
  /** Carries out the policy for a record that had waited; throws when the worker must stop. */
  refused(task: Task, flights: Flights, call: Call, error: unknown): Outcome
  /** Between records: sends full batches. */
  settled(): void
  readonly counters: OperatorCounters & RecordCounts & { nullKeys: number }
}

/** @returns how many answers went on */
export function land(task: Task, flights: Flights, ports: LandingPorts): number {
  let landed = 0
  for (let call = flights.next(); call !== null; call = flights.next(), landed++) landOne(task, flights, call, ports)
  return landed
}

/**
 * A rejected record leaves nothing but its dead letter, as one that never waited. Where it has left traces already, which
 * others may have built upon, or has to wait for long, the transaction is worked again without it: not now, but instead of
 * the commit, when all such records are known.
 */
function landOne(task: Task, flights: Flights, call: Call, ports: LandingPorts): void {
  const { counters } = ports
  const { out, filtered, late, skipped, deadLetters } = counters
  task.touched = true
  try {
    goOn(task, call)
    flights.delivered(call)
    task.undo.forget()
  } catch (error) {
    Object.assign(counters, { out, filtered, late, skipped, deadLetters } satisfies RecordCounts)
    task.undo.undoTo(0)
    refuse(task, flights, call, error, ports)
  }
  ports.settled()
}

function goOn({ context }: Task, { request, flight: { record }, answer }: Call): void {
  const { node, key, time, window } = request
  if (record === null) context.leave()
  else context.goOn(record)
  Object.assign(context, { node, key, time, window })
  // Answers come in any order: only marks may say how late it is.
  context.raisesTime = false
  if (answer!.kind === 'failure') throw answer!.error
  request.forward(key, answer!.value, time, window)
}

function refuse(task: Task, flights: Flights, call: Call, error: unknown, ports: LandingPorts): void {
  const { request, flight } = call
  if (error instanceof StopRequest || flight.record === null) flights.giveUp(flight)
  if (error instanceof StopRequest) throw new StopRequest(error.fault, true)
  if (flight.record === null) {
    const { key, value, time } = request
    task.rowFailed(error, { node: request.node, key, value, time })
    return
  }
  const outcome = ports.refused(task, flights, call, error)
  if (outcome !== 'held' && findFault(error)?.code === 'MR3004') ports.counters.nullKeys++
}
