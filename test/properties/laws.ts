/** What must hold for every family of operators and every case of it. Each law throws where it is broken. */
import { deepStrictEqual } from 'node:assert/strict'
import { memory } from '../../src/state/memory/backend.ts'
import type { StateBackend } from '../../src/state/rows.ts'
import type { Case } from '../streams/case.ts'
import { drawOf } from '../streams/draw.ts'
import { captured } from './captured.ts'
import { Changelogs, contentsOf } from './changelog.ts'
import { runCase } from './run-case.ts'

export interface Law {
  readonly name: string
  /** @throws AssertionError */
  readonly check: (about: Case, seed: number, backend: () => StateBackend) => void
}

const app = 'peer'

export const laws: readonly Law[] = [
  {
    name: 'a restart before every record changes nothing',
    check: (about, _seed, backend) => same(about, { state: backend(), before: (flow) => flow.restart() }),
  },
  {
    name: 'restarts and crashes before some records change nothing',
    check(about, seed, backend) {
      const draw = drawOf(seed)
      same(about, {
        state: backend(),
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
    check: (about, _seed, backend) => same(about, { state: backend(), crashAt: () => true }),
  },
  {
    name: 'a crash in the middle of some records changes nothing',
    check(about, seed, backend) {
      const draw = drawOf(seed)
      same(about, { state: backend(), crashAt: () => draw.once(3) })
    },
  },
  {
    name: 'stores are the folds of their changelogs after every commit',
    check(about, _seed, backend) {
      const state = captured(backend())
      const changelogs = new Changelogs(app)
      same(about, {
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
    check(about, _seed, backend) {
      const state = captured(backend())
      const contents = (): object => Object.fromEntries([...state.rows].map(([name, rows]) => [name, contentsOf(rows)]))
      same(about, {
        state,
        after(flow) {
          const before = contents()
          flow.crash()
          deepStrictEqual(contents(), before)
        },
      })
    },
  },
]

function same(about: Case, happening: Parameters<typeof runCase>[1]): void {
  deepStrictEqual(runCase(about, happening), runCase(about, { state: memory() }))
}
