/** `node test/properties/main.ts [--seeds N] [--first N] [--only FAMILY] [--lmdb]`: the laws of every family of operators. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { lmdb } from '../../src/state/lmdb/index.ts'
import { memory } from '../../src/state/memory/backend.ts'
import type { StateBackend } from '../../src/state/rows.ts'
import { caseOf } from '../streams/draw-case.ts'
import { families } from '../streams/families.ts'
import { brokenLaw } from './check.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '50' },
    first: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    lmdb: { type: 'boolean', default: false },
  },
})
const [seeds, first] = [Number(values.seeds), Number(values.first)]
const home = mkdtempSync(join(tmpdir(), 'millrace-properties-'))
let directories = 0
const backend = (): StateBackend => (values.lmdb ? lmdb(join(home, String(directories++))) : memory())

let broken = 0
for (const family of families.filter(({ name }) => values.only === '' || name === values.only)) {
  const failures = Array.from({ length: seeds }, (_, index) =>
    brokenLaw(caseOf(family, first + index), first + index, backend),
  )
  const found = failures.filter((failure) => failure !== null)
  broken += found.length
  console.error(`${family.name}: ${seeds - found.length} of ${seeds}`)
  if (found[0] !== undefined)
    console.error(`${found[0].law}: ${found[0].error.message}\n${JSON.stringify(found[0].about)}`)
}
rmSync(home, { recursive: true })
process.exitCode = broken > 0 ? 1 : 0
