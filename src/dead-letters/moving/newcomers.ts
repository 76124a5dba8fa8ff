/** Records of a parked key that came while its letters were fed back: they wait behind them, and are fed too. */
import { sleep } from '../../clock.ts'
import type { Kafka } from '../../kafka/port.ts'
import { partitionName } from '../../record.ts'
import type { JobRun } from './job-run.ts'
import type { JobRange } from './jobs.ts'

const pollMilliseconds = 100

/**
 * Waits until workers have worked what was moved: then a key whose last letter it was is free, and what had come
 * behind it before lies in the queue.
 * @returns false when they take nothing for as long as the patience lasts
 */
export async function awaitTaken({
  kafka,
  targets,
  written,
  clock,
  patienceMilliseconds,
  isStopped,
}: JobRun): Promise<boolean> {
  const places = [...written.values()].map(({ place }) => place)
  if (places.length === 0 || targets.to !== null) return true
  let left = -1
  for (let since = clock.monotonic(); !isStopped(); ) {
    const positions = await kafka.positions(targets.queue.app, places)
    const missing = positions.reduce((sum, position) => {
      return sum + Math.max(0, written.get(partitionName(position))!.next - Math.max(0, position.offset))
    }, 0)
    if (missing === 0) return true
    if (missing !== left) since = clock.monotonic()
    left = missing
    if (clock.monotonic() - since >= patienceMilliseconds) return false
    await sleep(clock, pollMilliseconds)
  }
  return false
}

/** The ranges up to the present end of the queue; null: nothing has come. */
export async function laterRanges(
  kafka: Kafka,
  topic: string,
  ranges: readonly JobRange[],
): Promise<readonly JobRange[] | null> {
  const ends = await kafka.offsets(
    ranges.map(({ partition }) => ({ topic, partition })),
    'stable',
  )
  const later = ranges.map((range, index) => ({ ...range, until: Math.max(range.until, ends[index]!.offset) }))
  return later.some(({ until }, index) => until > ranges[index]!.until) ? later : null
}
