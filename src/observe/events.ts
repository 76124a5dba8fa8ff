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
  /** A store is read back from its changelog: `remaining` counts the records of that which are still to be read. */
  'restore.started': { readonly task: string; readonly store: string; readonly remaining: number }
  /** Once a second while it lasts. */
  'restore.progress': {
    readonly task: string
    readonly store: string
    readonly rows: number
    readonly remaining: number
    readonly rowsPerSecond: number
    /** Null before anything has come. */
    readonly millisecondsLeft: number | null
  }
  'restore.ended': {
    readonly task: string
    readonly store: string
    readonly rows: number
    readonly rowsPerSecond: number
  }
  /** Copies of the state of tasks that other threads run, as the group's leader wants them from now on. */
  'standbys.assigned': { readonly standbys: readonly string[]; readonly warmUps: readonly string[] }
  /** A copy lacks no more than what counts as caught up. */
  'standby.ready': { readonly task: string; readonly kind: 'standby' | 'warm-up'; readonly lag: number }
  /** A copy was given up: another process has taken over its place on the disk. */
  'standby.lost': { readonly task: string; readonly reason: string }
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
  /** A record failed and is tried again where it is: until that wall time its partition waits with it. */
  'record.held': {
    readonly task: string
    readonly topic: string
    readonly partition: number
    readonly offset: number
    /** Failed ones so far. */
    readonly attempts: number
    readonly until: number
    readonly reason: string
  }
  /** A record failed and comes again from a retry topic; the place is that where it was first read. */
  'record.retried': {
    readonly task: string
    readonly topic: string
    readonly partition: number
    readonly offset: number
    /** The name of `retryTopics`. */
    readonly retry: string
    /** Milliseconds. */
    readonly delay: number
    readonly reason: string
  }
  /** A task takes nothing more until an operator resumes it. Without a topic no single record is to blame. */
  'task.paused': {
    readonly task: string
    readonly reason: string
    readonly topic: string
    readonly partition: number
    readonly offset: number
  }
  'task.resumed': { readonly task: string }
  /** A task is too far ahead of the slowest: it takes nothing more from its sources until that one has come closer. */
  'task.held': { readonly task: string; readonly watermark: number; readonly holdAt: number }
  /** A table that takes updates as they come has taken one that is older than its row. */
  'update.older': {
    readonly table: string
    readonly topic: string | null
    readonly partition: number
    readonly offset: number
    readonly time: number
    readonly rowTime: number
  }
  /** A record came too late for an operator whose late records nobody takes; once per refused window. */
  'record.late': {
    readonly operator: string
    readonly topic: string | null
    readonly partition: number
    readonly offset: number
    readonly time: number
    readonly operatorTime: number
  }
  /** A circuit breaker of this process has turned; `opensUntil` is wall time, null where no time was set. */
  'breaker.changed': {
    readonly breaker: string
    readonly from: 'closed' | 'open' | 'half-open'
    readonly to: 'closed' | 'open' | 'half-open'
    /** In a row. */
    readonly failures: number
    readonly reason: string
    readonly opensUntil: number | null
  }
  /** A record failed, and all later ones of its key wait behind it in a dead-letter queue. */
  'key.parked': {
    readonly task: string
    readonly queue: string
    readonly topic: string
    readonly partition: number
    readonly offset: number
  }
  /** All records of a parked key have gone through: newcomers run again. The place is that of the first. */
  'key.released': {
    readonly task: string
    readonly queue: string
    readonly topic: string
    readonly partition: number
    readonly offset: number
  }
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
