/** The input of a case: records whose times lie at the edges where rules change. */
import type { Put, Step } from './case.ts'
import type { Draw } from './draw.ts'

export interface Input {
  readonly topic: string
  readonly keys: readonly string[]
  /** One in so many; null: never. */
  readonly nullKeys: number | null
  readonly nullValues: number | null
  /** Unique per record, so that an output tells which records made it. */
  readonly value: (draw: Draw, index: number) => string
}

export interface Timing {
  /** Lengths of the operators: times are drawn that far from the newest one, and one more and less. */
  readonly edges: readonly number[]
  /** Times are also drawn at multiples of it. */
  readonly grid: number | null
}

export const plainValue: Input['value'] = (_draw, index) => `v${index}`

/** Between one and four keys. */
export function drawKeys(draw: Draw): readonly string[] {
  return ['a', 'b', 'c', 'd'].slice(0, draw.integer(1, 4))
}

export function inputOf(topic: string, keys: readonly string[], more: Partial<Input> = {}): Input {
  return { topic, keys, nullKeys: 10, nullValues: 10, value: plainValue, ...more }
}

/** Records of all inputs as they arrive, one in four behind the newest. */
export function drawRecords(draw: Draw, inputs: readonly Input[], timing: Timing): Put[] {
  const count = draw.integer(5, draw.once(3) ? 60 : 20) * inputs.length
  let newest = draw.pick([0, 1, 7, 100])
  const puts: Put[] = []
  for (let index = 0; index < count; index++) {
    const { topic, keys, nullKeys, nullValues, value } = draw.pick(inputs)
    const time = draw.once(4) ? earlier(draw, newest, timing) : later(draw, newest, timing)
    newest = Math.max(newest, time)
    puts.push({
      do: 'put',
      topic,
      key: nullKeys !== null && draw.once(nullKeys) ? null : draw.pick(keys),
      value: nullValues !== null && draw.once(nullValues) ? null : value(draw, index),
      time,
    })
  }
  return puts
}

function later(draw: Draw, newest: number, { edges, grid }: Timing): number {
  const way = draw.integer(1, 10)
  if (way <= 5) return newest + draw.integer(0, 3)
  if (way <= 7 && grid !== null) return Math.max(newest, (Math.floor(newest / grid) + 1) * grid + draw.integer(-1, 1))
  if (way === 8) return newest
  return newest + Math.max(0, draw.pick(edges) + draw.integer(-1, 1))
}

function earlier(draw: Draw, newest: number, { edges }: Timing): number {
  const behind = draw.once(2) ? draw.integer(1, 8) : Math.max(0, draw.pick(edges) + draw.integer(-1, 1))
  return Math.max(0, newest - behind)
}

/** No held record is the newest. One with nothing before it is left out. */
export function holdBack(steps: readonly Step[], isHeld: (put: Put) => boolean): Step[] {
  let newest = -1
  return steps.flatMap((step): Step[] => {
    if (step.do !== 'put') return [step]
    if (!isHeld(step)) newest = Math.max(newest, step.time)
    if (newest < 0) return []
    return [isHeld(step) ? { ...step, time: Math.min(step.time, newest) } : step]
  })
}

/** No record lies further behind the newest than that. */
export function limitLateness(steps: readonly Step[], limit: number): Step[] {
  let newest = 0
  return steps.map((step) => {
    if (step.do !== 'put') return step
    newest = Math.max(newest, step.time)
    return { ...step, time: Math.max(step.time, newest - limit) }
  })
}
