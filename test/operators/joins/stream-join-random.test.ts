/** Random streams with times at the edges, restarts and ends of bounded runs between, joiners that fail, against 3.5. */
import { expect, test } from 'vitest'
import { from, skip, topology } from '../../../src/index.ts'
import { type Random, randomInteger, seededRandom } from '../../../src/random.ts'
import { drive } from '../../../src/testing/drive.ts'
import { left, output, pair, put, right, type Step, said } from './script.ts'

type Kind = 'inner' | 'left' | 'right' | 'outer'
interface Plan {
  readonly kind: Kind
  readonly mode: 'final' | 'updates'
  readonly before: number
  readonly after: number
  readonly grace: number
  readonly steps: readonly (Step & { readonly restart: boolean; readonly end: boolean })[]
}

const kinds: readonly Kind[] = ['inner', 'left', 'right', 'outer']

function planOf(random: Random): Plan {
  const [before, after] = [randomInteger(random, 0, 12), randomInteger(random, 0, 12)]
  const grace = randomInteger(random, 0, 1) * randomInteger(random, 0, 8)
  const reaches = [0, before, after, before + grace, after + grace]
  let latest = 0
  const steps = Array.from({ length: randomInteger(random, 5, 50) }, (_, index) => {
    const edge = reaches[randomInteger(random, 0, 4)]! + randomInteger(random, -1, 1)
    const time = Math.max(0, randomInteger(random, 0, 2) === 0 ? latest - edge : latest + randomInteger(random, 0, 5))
    latest = Math.max(latest, time)
    return {
      side: randomInteger(random, 0, 1) === 0 ? ('L' as const) : ('R' as const),
      key: 'abc'.charAt(randomInteger(random, 0, 2)),
      value: randomInteger(random, 0, 12) === 0 ? null : String(index),
      time,
      restart: randomInteger(random, 0, 5) === 0,
      end: randomInteger(random, 0, 15) === 0,
    }
  })
  const kind = kinds[randomInteger(random, 0, 3)]!
  const mode = kind === 'inner' || randomInteger(random, 0, 1) === 0 ? 'final' : 'updates'
  return { kind, mode, before, after, grace, steps }
}

/** Some pairs can't be made: their later record is rejected. */
const joiner = (one: string | undefined, other: string | undefined): string => {
  if (one !== undefined && other !== undefined && (Number(one) * 7 + Number(other)) % 11 === 0)
    throw new Error('no pair')
  return pair(one, other)
}

interface OracleRow extends Step {
  matched: boolean
  open: boolean
}

/** What comes out at each step, and at the end. */
class Oracle {
  private time = -1
  /** Up to where ends of bounded runs have closed rows. */
  private closed = -1
  private readonly rows: OracleRow[] = []
  private readonly plan: Plan

  constructor(plan: Plan) {
    this.plan = plan
  }

  take(step: Step): string[] {
    this.time = Math.max(this.time, step.time)
    return [...this.close(this.time), ...this.meet(step)]
  }

  close(time: number): string[] {
    const closed = this.rows.filter((row) => row.open && row.time + this.lifeOf(row.side) < time)
    for (const row of closed) {
      row.open = false
      if (time === Number.POSITIVE_INFINITY) this.closed = Math.max(this.closed, row.time)
    }
    const alone = closed.filter((row) => !row.matched && this.isOuter(row.side))
    const order = (row: Step): string => `${String(row.time).padStart(9, '0')} ${row.side === 'R' ? 0 : 1} ${row.key}`
    alone.sort((one, other) => (order(one) < order(other) ? -1 : order(one) > order(other) ? 1 : 0))
    return alone.map((row) => this.alone(row))
  }

  private meet(step: Step): string[] {
    const { after, mode } = this.plan
    if (step.value === null || step.time <= this.closed || step.time + this.lifeOf(step.side) < this.time) return []
    const partners = this.rows
      .filter((row) => row.open && row.side !== step.side && row.key === step.key && this.fits(step, row))
      .sort((one, other) => one.time - other.time)
    const pairs: string[] = []
    for (const partner of partners) {
      const [one, other] = step.side === 'L' ? [step, partner] : [partner, step]
      try {
        pairs.push(`${step.key}=${joiner(one.value!, other.value!)}@${Math.max(one.time, other.time)}`)
      } catch {
        return []
      }
    }
    for (const partner of partners) partner.matched = true
    const reach = step.side === 'L' ? after : this.plan.before
    const atOnce =
      mode === 'updates' && partners.length === 0 && this.isOuter(step.side) && step.time + reach < this.time
    this.rows.push({ ...step, matched: partners.length > 0 || atOnce, open: true })
    return atOnce ? [this.alone(step)] : pairs
  }

  private fits(step: Step, row: Step): boolean {
    const [one, other] = step.side === 'L' ? [step, row] : [row, step]
    return one.time - this.plan.before <= other.time && other.time <= one.time + this.plan.after
  }

  private alone({ side, key, value, time }: Step): string {
    return `${key}=${side === 'L' ? pair(value!, undefined) : pair(undefined, value!)}@${time}`
  }

  private lifeOf(side: Step['side']): number {
    return (side === 'L' ? this.plan.after : this.plan.before) + this.plan.grace
  }

  private isOuter(side: Step['side']): boolean {
    const { kind } = this.plan
    return kind === 'outer' || kind === (side === 'L' ? 'left' : 'right')
  }
}

function topologyOf({ kind, mode, before, after, grace }: Plan, making: typeof joiner = joiner) {
  const [lefts, rights] = [from(left), from(right)]
  const options = {
    before: { milliseconds: before },
    after: { milliseconds: after },
    grace: { milliseconds: grace },
    onFailure: [skip()],
  }
  if (kind === 'inner') return topology('app', lefts.join('pairs', rights, making, options).to(output))
  const results = {
    left: () => lefts.leftJoin('pairs', rights, making, options),
    right: () => lefts.rightJoin('pairs', rights, making, options),
    outer: () => lefts.outerJoin('pairs', rights, making, options),
  }[kind]()
  return topology('app', (mode === 'final' ? results : results.updates()).to(output))
}

test.each(Array.from({ length: 200 }, (_, seed) => seed))('seed %i', (seed) => {
  const plan = planOf(seededRandom(seed))
  const oracle = new Oracle(plan)
  const flow = drive(topologyOf(plan), { now: 0 })
  for (const [index, step] of plan.steps.entries()) {
    put(flow, step)
    const expected = oracle.take(step)
    if (step.end) flow.end()
    if (step.end) expected.push(...oracle.close(Number.POSITIVE_INFINITY))
    if (step.restart) flow.restart()
    expect([index, ...said(flow)]).toEqual([index, ...expected])
  }
  flow.end()
  expect(said(flow)).toEqual(oracle.close(Number.POSITIVE_INFINITY))
})

test.each(Array.from({ length: 60 }, (_, seed) => seed))('any order within grace gives the same, seed %i', (seed) => {
  const random = seededRandom(seed)
  const drawn = planOf(random)
  const plan: Plan = { ...drawn, mode: 'final', grace: randomInteger(random, 1, 12) }
  const steps = plan.steps.filter(({ value }) => value !== null && Number(value) % 3 !== 0)
  const outcome = (): { out: string[]; late: number } => {
    const shuffled = steps.map((step) => ({ step, at: step.time + random.next() * plan.grace }))
    const flow = drive(topologyOf(plan, pair), { now: 0 })
    for (const { step } of shuffled.sort((one, other) => one.at - other.at)) put(flow, step)
    flow.end()
    return { out: said(flow).sort(), late: flow.counters.late }
  }
  const first = outcome()
  expect(first.late).toBe(0)
  expect(outcome()).toEqual(first)
})
