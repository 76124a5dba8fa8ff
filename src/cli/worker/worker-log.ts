/** What a person wants to read of a worker while it runs: one line per event on stderr, none per record. */
import { subscribe } from '../../observe/events.ts'
import { safeLine } from '../print/untrusted.ts'

/**
 * Writes the events of this thread to stderr until the function it returns is called.
 * @param instance shown at the start: a restart under this name takes the worker's place at once
 */
export function logWorker(instance: string): () => void {
  const rejected = new Set<string>()
  const late = new Set<string>()
  const waiting = new Map<string, number>()
  const stops = [
    subscribe('worker.started', ({ transactionalId, runId }) => {
      line(`started ${transactionalId}, instance ${instance}${runId === null ? '' : `, run ${runId}`}`)
    }),
    subscribe('queries.started', ({ app, address }) => line(`queries of ${app} at ${address}/stores`)),
    subscribe('worker.stopped', ({ transactionalId }) => line(`stopped ${transactionalId}`)),
    subscribe('tasks.assigned', ({ gained, revoked, generation }) => {
      const changes = [...gained.map((task) => `+${task}`), ...revoked.map((task) => `-${task}`)]
      if (changes.length > 0) line(`tasks ${changes.join(' ')} (generation ${generation})`)
    }),
    ...logCopies(),
    subscribe('tasks.lost', ({ tasks, reason }) => line(`lost ${tasks.join(' ')}: ${reason}`)),
    subscribe('transaction.aborted', ({ transactionalId, reason }) => line(`aborted ${transactionalId}: ${reason}`)),
    subscribe('record.waiting', ({ topic, partition, offset, reason }) => {
      const place = `${topic}-${partition}`
      if (waiting.get(place) === offset) return
      waiting.set(place, offset)
      line(`waiting ${place} offset ${offset}: ${reason}`)
    }),
    ...logFailures(),
    subscribe('record.rejected', ({ code, topic, partition, offset }) => {
      if (rejected.has(code)) return
      rejected.add(code)
      line(`rejected ${topic}-${partition} offset ${offset}: ${code} (further ones of this code are only counted)`)
    }),
    subscribe('record.late', ({ operator, topic, partition, offset, time, operatorTime }) => {
      if (late.has(operator)) return
      late.add(operator)
      const behind = `${operatorTime - time} ms behind`
      line(`late for ${operator}: ${topic}-${partition} offset ${offset}, ${behind} (further ones are only counted)`)
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

/** Neighbours that are down, tasks that wait for an operator, and what waits before it is tried again. */
function logFailures(): (() => void)[] {
  const held = new Set<string>()
  return [
    subscribe('record.held', ({ task, topic, partition, offset, reason }) => {
      if (held.has(task)) return
      held.add(task)
      line(`held ${topic}-${partition} offset ${offset}, to be tried again: ${reason} (further ones are not told)`)
    }),
    subscribe('record.retried', ({ retry, topic, partition, offset, reason }) => {
      if (held.has(`retry ${retry}`)) return
      held.add(`retry ${retry}`)
      line(
        `comes again through ${retry}: ${topic}-${partition} offset ${offset}: ${reason} (further ones are only counted)`,
      )
    }),
    subscribe('breaker.changed', ({ breaker, to, failures, reason, opensUntil }) => {
      const until = opensUntil === null ? '' : ` until ${new Date(opensUntil).toISOString()}`
      const why = to === 'open' ? ` after ${failures} failures: ${reason}` : `: ${reason}`
      line(`breaker ${breaker} ${to}${until}${why}`)
    }),
    subscribe('task.paused', ({ task, reason, topic, partition, offset }) => {
      const place = topic === '' ? '' : ` before ${topic}-${partition} offset ${offset}`
      line(`paused ${task}${place}: ${reason} (millrace tasks resume lets it go on)`)
    }),
    subscribe('task.resumed', ({ task }) => line(`resumed ${task}`)),
    subscribe('key.parked', ({ queue, topic, partition, offset }) => {
      line(`parked the key of ${topic}-${partition} offset ${offset} in ${queue}`)
    }),
    subscribe('key.released', ({ queue, topic, partition, offset }) => {
      line(`released the key of ${topic}-${partition} offset ${offset} from ${queue}`)
    }),
  ]
}

/** State on its way: what takes longer than a moment, and copies of what others run. */
function logCopies(): (() => void)[] {
  return [
    subscribe('restore.progress', ({ task, store, remaining, rowsPerSecond, millisecondsLeft }) => {
      const left = millisecondsLeft === null ? '' : `, ${Math.ceil(millisecondsLeft / 1_000)} s`
      line(`restoring ${task} ${store}: ${remaining} records left${left} (${rowsPerSecond} rows/s)`)
    }),
    subscribe('standbys.assigned', ({ standbys, warmUps }) => {
      const copies = [...standbys.map((task) => `=${task}`), ...warmUps.map((task) => `>${task}`)]
      line(copies.length === 0 ? 'copies none' : `copies ${copies.join(' ')}`)
    }),
    subscribe('standby.ready', ({ task, kind, lag }) => line(`${kind} ${task} has caught up (lag ${lag})`)),
    subscribe('standby.lost', ({ task, reason }) => line(`copy ${task} given up: ${reason}`)),
  ]
}

function line(text: string): void {
  console.error(safeLine(text))
}
