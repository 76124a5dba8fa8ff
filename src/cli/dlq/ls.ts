/** `millrace dlq ls [app]` */
import { alike } from '../../alike.ts'
import { deadLetters, type QueueSummary } from '../../dead-letters/index.ts'
import { MillraceError } from '../../faults.ts'
import { isoOf, shortSpan, shortTime } from '../print/instants.ts'
import { safeJson } from '../print/safe-json.ts'
import { printTable } from '../print/table.ts'
import { schemaVersion } from '../store/print.ts'
import { withKafka } from '../topics/client.ts'
import { type ListFlags, outputOf } from './flags.ts'

/** Exit code 3 for an app without queues, 6 where a queue has more open letters than `--fail-over` says. */
export async function listQueuesCommand(app: string | null, flags: ListFlags): Promise<void> {
  const { brokers, topic: topics, failOver: moreThan, exact = false } = flags
  const options = { topics, exact, ...(moreThan !== undefined && { moreThan }) }
  const queues = await withKafka(brokers, (kafka) => deadLetters(kafka, app).queues(options), 'millrace dlq ls')
  if (app !== null && queues.length === 0) throw noQueues(app, await appsThere(brokers))
  const output = outputOf(flags)
  if (output === 'json') console.log(safeJson({ schemaVersion, queues: queues.map(queueJson) }))
  if (output === 'ndjson') for (const queue of queues) console.log(safeJson(queueJson(queue)))
  if (output === 'table' && queues.length > 0) printQueues(queues)
  if (output === 'table' && queues.length === 0) console.error('there are no queues of dead letters')
  failOver(queues, moreThan, output === 'table')
}

function printQueues(queues: readonly QueueSummary[]): void {
  const head = ['queue', 'open', 'parked', 'resolved', 'last hour', 'first seen', 'last seen', 'oldest', 'kept for']
  printTable(
    head,
    queues.map((queue) => [
      queue.queue,
      `${queue.exact ? '' : '≤ '}${queue.open}`,
      queue.parked === null ? '?' : String(queue.parked),
      String(queue.resolved),
      String(queue.lastHour),
      shortTime(queue.firstSeen),
      shortTime(queue.lastSeen),
      queue.oldestAge === null ? '-' : `${shortSpan(queue.oldestAge)}${ofRetention(queue)}`,
      queue.retention === null ? 'ever' : shortSpan(queue.retention),
    ]),
  )
  if (queues.some(({ exact }) => !exact))
    console.error('≤ counts offsets, of which transactions take some: --exact reads the letters')
}

/** How much of its time the oldest letter has had. */
function ofRetention({ oldestAge, retention }: QueueSummary): string {
  if (oldestAge === null || retention === null || retention === 0) return ''
  return ` (${Math.min(100, Math.floor((oldestAge / retention) * 100))} %)`
}

function queueJson({ firstSeen, lastSeen, oldestAge, retention, isOver, ...queue }: QueueSummary): object {
  const times = { firstSeen: isoOf(firstSeen), lastSeen: isoOf(lastSeen) }
  const spans = { oldestAgeMilliseconds: oldestAge, retentionMilliseconds: retention }
  return { ...queue, ...times, ...spans, ...(isOver !== null && { isOver }) }
}

function failOver(queues: readonly QueueSummary[], moreThan: number | undefined, isTold: boolean): void {
  const over = queues.filter(({ isOver }) => isOver === true)
  if (over.length === 0) return
  if (isTold) console.error(`more than ${moreThan} open: ${over.map(({ queue }) => queue).join(', ')}`)
  process.exitCode = 6
}

async function appsThere(brokers: ListFlags['brokers']): Promise<string[]> {
  const all = await withKafka(brokers, (kafka) => deadLetters(kafka, null).queues({ readAtMost: 0 }), 'millrace dlq ls')
  return [...new Set(all.flatMap(({ app }) => app ?? []))]
}

function noQueues(app: string, apps: readonly string[]): MillraceError {
  const meant = alike(app, apps)
  return new MillraceError('fatal', {
    code: 'MR4401',
    what: `There is no queue of dead letters of ${app}`,
    fix:
      meant === null ? 'millrace dlq ls without a name shows the queues of all topologies' : `Did you mean ${meant}?`,
  })
}
