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
import { type Broken, brokenLaw } from './check.ts'
import { ownCase, ownFamilies } from './own.ts'

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

type Check = (seed: number) => Broken | null
const checks: readonly (readonly [name: string, check: Check])[] = [
  ...families.map((family) => [family.name, (seed: number) => brokenLaw(caseOf(family, seed), seed, backend)] as const),
  ...ownFamilies.map((own) => [own.name, (seed: number) => brokenLaw(ownCase(own, seed), seed, backend, own)] as const),
]

let broken = 0
for (const [name, check] of checks.filter(([each]) => values.only === '' || each === values.only)) {
  const failures = Array.from({ length: seeds }, (_, index) => check(first + index))
  const found = failures.filter((failure) => failure !== null)
  broken += found.length
  console.error(`${name}: ${seeds - found.length} of ${seeds}`)
  const [worst] = found
  if (worst !== undefined) console.error(`${worst.law}: ${worst.error.message}\n${JSON.stringify(worst.about)}`)
}
rmSync(home, { recursive: true })
process.exitCode = broken > 0 ? 1 : 0
