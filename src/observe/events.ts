/**
 * What the runtime tells the world, on `node:diagnostics_channel`: subscribers run synchronously, and an event that
 * nobody listens to costs a property read. Names and shapes are public.
 */
import { type Channel, channel } from 'node:diagnostics_channel'

/** Every event, with what it carries. `app`, `instance` and `thread` name the worker. */
export interface WorkerEvents {
  'worker.started': { readonly transactionalId: string; readonly runId: string | null }
  'worker.stopped': { readonly transactionalId: string }
  /** The worker answers questions about its state there. */
  'queries.started': { readonly app: string; readonly address: string }
  'tasks.assigned': {
    readonly gained: readonly string[]
    readonly revoked: readonly string[]
    readonly generation: number
  }
  'tasks.lost': { readonly tasks: readonly string[]; readonly reason: string }
  'restore.ended': { readonly task: string; readonly rows: number }
  'commit.started': { readonly transactionalId: string; readonly tasks: number }
  'commit.ended': { readonly transactionalId: string; readonly tasks: number }
  'transaction.aborted': { readonly transactionalId: string; readonly reason: string }
  /** A record can't be decoded yet, and its partition waits with it: a schema is asked for, or its registry is down. */
  'record.waiting': {
    readonly task: string
    readonly topic: string
    readonly partition: number
    readonly offset: number
    readonly reason: string
  }
  /** A task is too far ahead of the slowest: it takes nothing more from its sources until that one has come closer. */
  'task.held': { readonly task: string; readonly watermark: number; readonly holdAt: number }
  'record.rejected': {
    readonly task: string
    readonly topic: string
    readonly partition: number
    readonly offset: number
    readonly code: string
  }
}

export type WorkerEventName = keyof WorkerEvents

function channelOf(name: WorkerEventName): Channel {
  return channel(`millrace:${name}`)
}

/** Publishes an event; `detail` is only made when somebody listens. */
export function publish<Name extends WorkerEventName>(name: Name, detail: () => WorkerEvents[Name]): void {
  const target = channelOf(name)
  if (target.hasSubscribers) target.publish(detail())
}

/**
 * Listens to one kind of event; returns how to stop.
 * @example const stop = subscribe('commit.ended', ({ tasks }) => console.error(tasks))
 */
export function subscribe<Name extends WorkerEventName>(
  name: Name,
  listener: (detail: WorkerEvents[Name]) => void,
): () => void {
  const target = channelOf(name)
  const handler = (message: unknown): void => listener(message as WorkerEvents[Name])
  target.subscribe(handler)
  return () => {
    target.unsubscribe(handler)
  }
}
