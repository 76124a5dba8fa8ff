/** What tasks decided in a run, as the reference is told it: by offsets of a log without markers and aborted records. */

import type { Recording } from '../../../runtime/time/recording.ts'
import { RecordingReader } from '../../../runtime/time/recording.ts'
import type { SubTopology } from '../../../topology/graph.ts'
import type { History, LoggedPartition } from '../history.ts'
import { readsUsersTopics } from './demands.ts'
import { factsOf, visible } from './facts.ts'

/**
 * Of the tasks that read the user's topics alone.
 * @example new Engine({ decisions: recordingsOf(history), … })
 */
export function recordingsOf(history: History): Recording[] {
  const { graph } = factsOf(history)
  return graph.subTopologies.filter(readsUsersTopics).flatMap((each) => recordingsIn(each, history))
}

function recordingsIn({ name, sources }: SubTopology, history: History): Recording[] {
  const { logs, positions, standings, decisions } = factsOf(history)
  const tasks = new Set(standings.map(({ task }) => task))
  const places = sources.flatMap(({ topic }) => [...logs].filter(([, log]) => log.topic === topic))
  const numbers = new Set(places.map(([, { partition }]) => partition))
  return [...numbers].flatMap((partition) => {
    const task = `${name}-${partition}`
    if (!tasks.has(task)) return []
    const own = places.filter(([, log]) => log.partition === partition)
    const until = Object.fromEntries(own.map(([place]) => [place, positions.get(place) ?? 0]))
    const reader = new RecordingReader(task)
    const progress = standings.findLast((each) => each.task === task)!.progress
    reader.row(Buffer.from(task), Buffer.from(JSON.stringify(progress)))
    for (const each of decisions) {
      if (each.task === task) reader.row(Buffer.from(`${task}#${each.sequence}`), Buffer.from(JSON.stringify(each)))
    }
    return [renumbered(reader.recording(until), logs)]
  })
}

/** Every place that is named in a recording, counted in records. */
function renumbered(recording: Recording, logs: ReadonlyMap<string, LoggedPartition>): Recording {
  const counted = (offsets: Readonly<Record<string, number>>): Record<string, number> =>
    Object.fromEntries(Object.entries(offsets).map(([name, offset]) => [name, countBelow(logs.get(name), offset)]))
  const decisions = recording.decisions.map((each) => ({
    ...each,
    offsets: counted(each.offsets),
    ...(each.kind === 'absence' && { until: counted(each.until) }),
  }))
  return { ...recording, until: counted(recording.until), decisions }
}

function countBelow(log: LoggedPartition | undefined, offset: number): number {
  return log === undefined ? 0 : visible(log).filter((record) => record.offset < offset).length
}
