/** One case of every family before every law, in memory; of some on disk. `test/properties/main.ts` takes more. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lmdb } from '../../src/state/lmdb/index.ts'
import { memory } from '../../src/state/memory/backend.ts'
import { caseOf } from '../streams/draw-case.ts'
import { families } from '../streams/families.ts'
import { type Broken, brokenLaw } from './check.ts'
import { ownCase, ownFamilies } from './own.ts'

const seed = 7
/** Of so many families one. */
const onDisk = 6

let home = ''
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'millrace-laws-'))
})
afterAll(() => rmSync(home, { recursive: true }))

const told = (broken: Broken | null): string | null =>
  broken && `${broken.law}: ${broken.error.stack}\n${JSON.stringify(broken.about)}`

describe('in memory', () => {
  test.each(families)('the laws hold for $name', (family) => {
    expect(told(brokenLaw(caseOf(family, seed), seed, memory))).toBeNull()
  })

  test.each(ownFamilies)('the laws hold for $name', (own) => {
    expect(told(brokenLaw(ownCase(own, seed), seed, memory, own))).toBeNull()
  })
})

describe('on disk', () => {
  test.each(families.filter((_, index) => index % onDisk === 0))('the laws hold for $name', (family) => {
    let directories = 0
    const backend = () => lmdb(join(home, family.name, String(directories++)))
    expect(told(brokenLaw(caseOf(family, seed + 1), seed, backend))).toBeNull()
  })

  test.each(ownFamilies.filter((_, index) => index % onDisk === 0))('the laws hold for $name', (own) => {
    let directories = 0
    const backend = () => lmdb(join(home, own.name, String(directories++)))
    expect(told(brokenLaw(ownCase(own, seed + 1), seed, backend, own))).toBeNull()
  })
})
