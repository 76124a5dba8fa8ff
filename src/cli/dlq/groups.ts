/** `millrace dlq groups <queue>` */
import { systemClock } from '../../clock.ts'
import { deadLetters, type LetterGroup, type LetterGroups } from '../../dead-letters/index.ts'
import { isoOf, shortTime } from '../print/instants.ts'
import { Progress } from '../print/progress.ts'
import { safeJson } from '../print/safe-json.ts'
import { sparkline } from '../print/sparkline.ts'
import { visibleLine } from '../print/visible.ts'
import { schemaVersion } from '../store/print.ts'
import { withKafka } from '../topics/client.ts'
import { filterOf, topologyOf } from './filter.ts'
import { type GroupsFlags, outputOf } from './flags.ts'

export async function groupsCommand(queue: string, flags: GroupsFlags): Promise<void> {
  const filter = filterOf(flags, systemClock.now())
  const topology = await topologyOf(flags.topology, queue)
  const progress = new Progress()
  const onProgress = (seen: number, total: number) => progress.update(seen, total)
  const options = { queue, filter, all: flags.all === true, progress: onProgress }
  const found = await withKafka(
    flags.brokers,
    (kafka) => deadLetters(kafka, null, topology && { topology }).groups(options),
    'millrace dlq groups',
  ).finally(() => progress.end())
  const output = outputOf(flags)
  if (output === 'json') console.log(safeJson(groupsJson(found)))
  if (output === 'ndjson') for (const group of found.groups) console.log(safeJson(groupJson(group)))
  if (output === 'table') printGroups(found)
}

function printGroups({ queue, letters, groups, others, axis }: LetterGroups): void {
  for (const group of groups) for (const line of linesOf(group)) console.log(line)
  const span = (groups[0]?.over.length ?? 0) * axis.width
  const times = groups.length === 0 ? '' : `, times from ${shortTime(axis.start)} to ${shortTime(axis.start + span)}`
  const more = others === 0 ? '' : `, ${others} letters of further groups`
  console.error(`${queue}: ${letters} letters in ${groups.length} groups${more}${times}`)
}

/** Text of others is put on one line and spelt out: no message can pass for a line of ours. */
function linesOf(group: LetterGroup): string[] {
  const { fingerprint, count, over, first, last, example, source, parked, versions } = group
  const what = [group.node, group.stage, group.code, group.error].filter((part) => part !== null).map(visibleLine)
  const place = `${example.partition}/${example.offset}`
  const read = source === null ? '' : `, read at ${visibleLine(source.topic)} ${source.partition}/${source.offset}`
  const version = versions.length === 0 ? '' : `, versions ${versions.map(visibleLine).join(' ')}`
  return [
    `${visibleLine(fingerprint)}  ${String(count).padStart(8)}  ${sparkline(over)}  ${what.join(' · ') || group.family}`,
    `  ${visibleLine(group.message ?? 'no message').slice(0, 300)}`,
    `  ${shortTime(first)} to ${shortTime(last)}, example ${place}${read}${parked > 0 ? `, ${parked} parked` : ''}${version}`,
  ]
}

function groupsJson({ queue, letters, groups, others, axis }: LetterGroups): object {
  const over = { start: isoOf(axis.start), widthMilliseconds: axis.width }
  return { schemaVersion, queue, letters, others, axis: over, groups: groups.map(groupJson) }
}

function groupJson({ first, last, example, source, ...group }: LetterGroup): object {
  return {
    ...group,
    first: isoOf(first),
    last: isoOf(last),
    example: { ...example, offset: String(example.offset) },
    source: source && { ...source, offset: String(source.offset) },
  }
}
