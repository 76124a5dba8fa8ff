/** Rows that mark letters as discarded. */
import type { Clock } from '../../clock.ts'
import { type Mark, markKey } from '../marks.ts'

interface Discarding {
  readonly job: string
  readonly who: string
  readonly clock: Clock
}

/** @param places offsets by partition: of a million letters no more is held */
export function* discardedRows(
  topic: string,
  places: ReadonlyMap<number, readonly number[]>,
  { job, who, clock }: Discarding,
): Generator<readonly [key: string, value: string]> {
  const mark: Mark = { state: 'discarded', job, who, at: new Date(clock.now()).toISOString() }
  const value = JSON.stringify(mark)
  for (const [partition, offsets] of places)
    for (const offset of offsets) yield [markKey({ topic, partition, offset }), value]
}

/** Notes that a letter is to be discarded. */
export function noteOffset(places: Map<number, number[]>, partition: number, offset: number): void {
  const offsets = places.get(partition)
  if (offsets === undefined) places.set(partition, [offset])
  else offsets.push(offset)
}
