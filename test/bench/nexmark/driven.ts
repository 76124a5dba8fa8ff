/** Queries on events in memory, without Kafka. */
import { encodeEvent } from '../../../bench/nexmark/encode.ts'
import { firstTime } from '../../../bench/nexmark/events.ts'
import type { NexmarkEvent } from '../../../bench/nexmark/model.ts'
import type { OutputRecord } from '../../../bench/nexmark/result.ts'
import { sideRows } from '../../../bench/nexmark/side.ts'
import { inputTopics } from '../../../bench/nexmark/topics.ts'
import type { NexmarkWork } from '../../../bench/nexmark/works.ts'
import { bytes, type Duration, nullable } from '../../../src/index.ts'
import { drive } from '../../../src/testing/drive.ts'

/** Results that come by the wall clock come so often: in a test it moves when it is told to. */
const recordsPerTick = 1_000

/** What a work writes for `events`, of 4 partitions, when its bounded run is through and the clock has moved by `tick`. */
export function driven(
  work: NexmarkWork,
  events: readonly NexmarkEvent[],
  tick: Duration = { milliseconds: 100 },
): OutputRecord[] {
  const flow = drive(work.topology, { partitions: 4, now: events[0]!.time })
  const { inputs } = work.specification
  const raw = nullable(bytes)
  if (inputs.includes('side')) {
    const asked = new Set(events.map(({ id }) => id))
    for (const row of sideRows()) {
      if (!asked.has(row.key)) continue
      const side = { key: Buffer.from(String(row.key)), time: firstTime }
      flow.putBytes({ name: inputTopics.side }, Buffer.from(JSON.stringify(row)), side)
    }
  }
  const read = events.filter(({ topic }) => inputs.includes(topic))
  for (const [index, event] of read.entries()) {
    const at = { key: Buffer.from(String(event.id)), time: event.time }
    flow.putBytes({ name: inputTopics[event.topic] }, Buffer.from(encodeEvent(event)), at)
    if (index % recordsPerTick === 0) flow.advance(tick)
  }
  flow.advance(tick)
  flow.end()
  const written = flow.take({ name: work.output, key: raw, value: raw })
  flow.close()
  return written
}
