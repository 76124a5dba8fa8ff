/** What must hold for every family of operators and every case of it. Each law throws where it is broken. */
import { deepStrictEqual } from 'node:assert/strict'
import { memory } from '../../src/state/memory/backend.ts'
import type { StateBackend } from '../../src/state/rows.ts'
import type { Case } from '../streams/case.ts'
import { drawOf } from '../streams/draw.ts'
import { buildTopology } from '../streams/millrace/build.ts'
import { captured } from './captured.ts'
import { Changelogs, contentsOf } from './changelog.ts'
import { mostRows } from './leftovers.ts'
import type { OwnFamily } from './own.ts'
import { rejecting, withoutRejected } from './rejected.ts'
import { type Happening, type Outputs, runCase } from './run-case.ts'
import { unlucky } from './unlucky.ts'

/** What a law is put before. */
export interface Trial {
  readonly about: Case
  readonly seed: number
  /** Makes a place for state that nobody else uses. */
  readonly backend: () => StateBackend
  /** What comes out when nothing happens. */
  readonly plain: Outputs
  /** Where the case's own operators say nothing: made anew for each run. */
  readonly own: OwnFamily | null
}

export interface Law {
  readonly name: string
  /** @throws AssertionError */
  readonly check: (trial: Trial) => void
}

const app = 'peer'
/** Behind every window, session and join of a case. */
const farAhead = 1_000_000_000

export const laws: readonly Law[] = [
  {
    name: 'a restart before every record changes nothing',
    check: (trial) => same(trial, { before: (flow) => flow.restart() }),
  },
  {
    name: 'restarts and crashes before some records change nothing',
    check(trial) {
      const draw = drawOf(trial.seed)
      same(trial, {
        before(flow) {
          const chance = draw.integer(1, 5)
          if (chance === 1) flow.restart()
          if (chance === 2) flow.crash()
        },
      })
    },
  },
  {
    name: 'a crash in the middle of every record changes nothing',
    check: (trial) => same(trial, { crashAt: () => true }),
  },
  {
    name: 'a crash in the middle of some records changes nothing',
    check(trial) {
      const draw = drawOf(trial.seed)
      same(trial, { crashAt: () => draw.once(3) })
    },
  },
  {
    name: 'a crash between the commit in Kafka and the local one changes nothing',
    check(trial) {
      const draw = drawOf(trial.seed)
      const state = unlucky(trial.backend())
      same(trial, {
        state,
        during(flow, work) {
          state.fails = () => draw.once(3)
          const died = hasThrown(work)
          state.fails = () => false
          if (!died) return
          flow.crash()
          flow.advance({ milliseconds: 0 })
        },
      })
    },
  },
  {
    name: 'stores are the folds of their changelogs after every commit',
    check(trial) {
      const state = captured(trial.backend())
      const changelogs = new Changelogs(app)
      same(trial, {
        state,
        after(flow, step) {
          const { held, folded } = changelogs.compare(flow, state)
          deepStrictEqual(held, folded, `the stores after step ${step} are not the folds of their changelogs`)
        },
      })
    },
  },
  {
    name: 'what was restored is what was there',
    check(trial) {
      const state = captured(trial.backend())
      const contents = (): object => Object.fromEntries([...state.rows].map(([name, rows]) => [name, contentsOf(rows)]))
      same(trial, {
        state,
        after(flow) {
          const before = contents()
          flow.crash()
          deepStrictEqual(contents(), before)
        },
      })
    },
  },
  {
    name: 'of what is closed nothing is left behind, and of the rest not more than there are keys',
    check({ about, backend, own }) {
      const state = captured(backend())
      let left: Readonly<Record<string, number>> = {}
      runCase(about, {
        state,
        ...(own && { topology: own.build() }),
        end(flow) {
          // A versioned table lets go of versions one step later: whoever waits behind it may still ask for them.
          for (const eventTime of [farAhead, 2 * farAhead]) flow.advance({ eventTime })
          left = Object.fromEntries([...state.rows].map(([name, rows]) => [name, Object.keys(contentsOf(rows)).length]))
        },
      })
      deepStrictEqual(
        Object.entries(left).filter(([store, rows]) => rows > mostRows(about, store, own)),
        [],
      )
    },
  },
  {
    name: 'a record that is rejected leaves nothing',
    check({ about, backend, own }) {
      if (own !== null) return
      const filtered = withoutRejected(about)
      const expected = runCase(filtered, { topology: buildTopology(filtered) })
      deepStrictEqual(runCase(about, { state: backend(), topology: rejecting(about) }), expected)
    },
  },
]

/** What comes out when nothing happens, in memory. */
export function plainOutputs(about: Case, own: OwnFamily | null): Outputs {
  return runCase(about, { state: memory(), ...(own && { topology: own.build() }) })
}

function hasThrown(work: () => void): boolean {
  try {
    work()
    return false
  } catch {
    return true
  }
}

function same({ about, backend, plain, own }: Trial, happening: Happening): void {
  deepStrictEqual(runCase(about, { state: backend(), ...(own && { topology: own.build() }), ...happening }), plain)
}
