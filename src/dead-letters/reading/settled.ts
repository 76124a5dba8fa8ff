/** Which letters of a queue are settled: a byte a letter, so that a million of them fit into a megabyte. */
import type { Kafka } from '../../kafka/port.ts'
import type { LetterState, Place } from '../letter.ts'
import { eachMark, type SettledState } from '../marks.ts'

const chunkSize = 65_536
const codes: readonly LetterState[] = ['open', 'redriven', 'edited', 'discarded']

/** States by place. What was never set is open. */
export class Settled {
  readonly #chunks = new Map<string, Uint8Array>()

  set({ topic, partition, offset }: Place, state: SettledState | null): void {
    const name = `${topic}/${partition}/${Math.floor(offset / chunkSize)}`
    let chunk = this.#chunks.get(name)
    if (chunk === undefined) {
      if (state === null) return
      chunk = new Uint8Array(chunkSize)
      this.#chunks.set(name, chunk)
    }
    chunk[offset % chunkSize] = state === null ? 0 : codes.indexOf(state)
  }

  state({ topic, partition, offset }: Place): LetterState {
    const chunk = this.#chunks.get(`${topic}/${partition}/${Math.floor(offset / chunkSize)}`)
    return chunk === undefined ? 'open' : codes[chunk[offset % chunkSize]!]!
  }

  /** How many are settled in [start, end) of a partition: marks outlive letters that retention took. */
  count(topic: string, partition: number, start: number, end: number): number {
    let count = 0
    for (let index = Math.floor(start / chunkSize); index * chunkSize < end; index++) {
      const chunk = this.#chunks.get(`${topic}/${partition}/${index}`)
      if (chunk === undefined) continue
      const first = Math.max(0, start - index * chunkSize)
      const last = Math.min(chunkSize, end - index * chunkSize)
      for (let at = first; at < last; at++) if (chunk[at] !== 0) count++
    }
    return count
  }

  get isEmpty(): boolean {
    return this.#chunks.size === 0
  }
}

/** All that is settled in the queues of an app; of none: nothing is. */
export async function readSettled(kafka: Kafka, app: string | null): Promise<Settled> {
  const settled = new Settled()
  if (app !== null) await eachMark(kafka, app, (place, mark) => settled.set(place, mark?.state ?? null))
  return settled
}
