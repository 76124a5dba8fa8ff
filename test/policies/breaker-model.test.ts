/** The table beside a model that is written another way: a list of all that happened, read from its start each time. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type BreakerCell,
  type BreakerValues,
  begin,
  closedBreaker,
  end,
  look,
  type Outcome,
  type Permit,
} from '../../src/policies/breaker-machine.ts'

type Action =
  | { readonly kind: 'begin' }
  | { readonly kind: 'end'; readonly which: number; readonly outcome: Outcome }
  | { readonly kind: 'wait'; readonly milliseconds: number }

interface CallOfModel {
  readonly period: Period
  /** Past that nobody waits for it. */
  readonly until: number
  isOver: boolean
}

/** From one turn of the breaker to the next. */
interface Period {
  readonly state: 'closed' | 'open' | 'half-open'
  readonly since: number
  /** Of the closed and half-open times that followed the same opening. */
  readonly era: number
  readonly counted: Outcome[]
}

const patience = 40

class Model {
  now = 0
  private readonly values: BreakerValues
  private readonly periods: Period[] = [{ state: 'closed', since: 0, era: 0, counted: [] }]
  private readonly calls: CallOfModel[] = []

  constructor(values: BreakerValues) {
    this.values = values
  }

  get state(): Period['state'] {
    if (this.last.state === 'open' && this.now - this.last.since >= this.values.coolsFor) this.turn('half-open')
    return this.last.state
  }

  begin(): CallOfModel | null {
    const { state } = this
    if (state === 'open') return null
    const isProbed = this.calls.some(
      ({ period, isOver, until }) => period.state === 'half-open' && !isOver && until > this.now,
    )
    if (state === 'half-open' && isProbed) return null
    const call = { period: this.last, until: this.now + patience, isOver: false }
    this.calls.push(call)
    return call
  }

  end(call: CallOfModel, outcome: Outcome): void {
    const before = this.last
    call.isOver = true
    const isTooLate = call.period.state === 'half-open' && this.wasReplaced(call)
    if (before.state === 'open' || call.period.era !== before.era || isTooLate) return
    before.counted.push(outcome)
    const heard = before.counted.filter((each) => each !== 'nothing')
    const { opensAfter, closesAfter } = this.values
    const failed = heard.length - 1 - heard.lastIndexOf('success')
    if (before.state === 'closed' && failed >= opensAfter) this.turn('open')
    else if (before.state === 'half-open' && failed > 0) this.turn('open')
    else if (before.state === 'half-open' && heard.length >= closesAfter) this.turn('closed')
  }

  /** Another probe began when nobody waited for this one any more. */
  private wasReplaced(call: CallOfModel): boolean {
    return this.calls.slice(this.calls.indexOf(call) + 1).some(({ period }) => period.state === 'half-open')
  }

  private turn(state: Period['state']): void {
    this.periods.push({ state, since: this.now, era: this.last.era + (state === 'open' ? 1 : 0), counted: [] })
  }

  private get last(): Period {
    return this.periods.at(-1)!
  }
}

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'begin' as const }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      which: fc.nat(20),
      outcome: fc.constantFrom<Outcome>('success', 'failure', 'failure', 'nothing'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), milliseconds: fc.integer({ min: 1, max: 60 }) }),
  },
)

const values = fc.record({
  opensAfter: fc.integer({ min: 1, max: 4 }),
  coolsFor: fc.integer({ min: 1, max: 100 }),
  closesAfter: fc.integer({ min: 1, max: 4 }),
})

/** Both at once; whatever they say must be the same. */
class Pair {
  cell: BreakerCell = closedBreaker
  readonly model: Model
  readonly values: BreakerValues
  readonly open: { readonly permit: Permit; readonly call: CallOfModel }[] = []
  probes = 0

  constructor(given: BreakerValues) {
    this.values = given
    this.model = new Model(given)
  }

  take(next: Action): void {
    if (next.kind === 'wait') this.model.now += next.milliseconds
    if (next.kind === 'begin') this.begin()
    if (next.kind === 'end') this.end(next.which, next.outcome)
    this.cell = look(this.cell, this.values, this.model.now)
    expect(this.cell.state).toBe(this.model.state)
  }

  private begin(): void {
    const { cell, permit } = begin(this.cell, this.values, this.model.now, patience)
    this.cell = cell
    const call = this.model.begin()
    expect(permit === null).toBe(call === null)
    if (permit !== null) this.open.push({ permit, call: call! })
  }

  private end(which: number, outcome: Outcome): void {
    if (this.open.length === 0) return
    const [one] = this.open.splice(which % this.open.length, 1)
    this.cell = end(this.cell, one!.permit, outcome, this.values, this.model.now)
    this.model.end(one!.call, outcome)
  }
}

test('the table and the model say the same of any history', { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(values, fc.array(action, { maxLength: 120, size: 'max' }), (given, actions) => {
      const pair = new Pair(given)
      for (const next of actions) pair.take(next)
    }),
    { numRuns: 2_000 },
  )
})
