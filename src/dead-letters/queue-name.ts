/** The names in a queue's topic, `<app>.dlq.<name>`. */
import { MillraceError } from '../faults.ts'
import type { Kafka } from '../kafka/port.ts'
import { findQueue, queueOf } from './queue-names.ts'

export interface QueueName {
  readonly topic: string
  readonly app: string
  readonly name: string
}

/**
 * The queue that a person means.
 * @example const { topic, app } = await resolveQueue(kafka, 'unscored')
 * @throws MillraceError MR4401 when there is none, MR1003 when it is no queue of an app
 */
export async function resolveQueue(kafka: Kafka, name: string): Promise<QueueName> {
  return queueName((await findQueue(kafka, name)).name)
}

/**
 * @example queueName('orders.dlq.unscored') // { topic: 'orders.dlq.unscored', app: 'orders', name: 'unscored' }
 * @throws MillraceError MR1003 for a topic that is no queue of an app: nothing is moved from there
 */
export function queueName(topic: string): QueueName {
  const queue = queueOf(topic)
  if (queue !== null && /^[a-zA-Z0-9._-]{1,249}$/.test(topic)) return { topic, ...queue }
  throw new MillraceError('fatal', {
    code: 'MR1003',
    what: `${topic} is no queue of dead letters`,
    why: 'letters are moved, changed and dropped in queues of a topology alone: <app>.dlq.<name>',
    fix: 'millrace dlq ls shows the queues',
  })
}
