import { describe } from 'vitest'
import { memory } from '../../src/state/memory/backend.ts'
import { MemoryRows } from '../../src/state/memory/rows.ts'
import { layouts } from '../../src/state/open.ts'
import type { StoreSpec } from '../../src/state/store.ts'
import { testStores } from './contract.ts'
import { testPipelined } from './contract-pipelined.ts'
import { testRandomly } from './contract-random.ts'

/** As a worker opens them: each kind in the layout made for it. */
const open = (kind: StoreSpec['kind']) =>
  memory().open({ app: 'app', task: 'in-0', store: 'rows', layout: layouts[kind] })

testStores('in memory', open)
testRandomly('in memory', 40, (kind) => ({ open: () => open(kind) }))
testPipelined('in memory', 300, open)

describe('whatever the layout', () => {
  testStores('in order', () => new MemoryRows())
  testRandomly('in order', 20, () => ({ open: () => new MemoryRows() }))
})
