/** The planted bugs can still be planted, and one of them is caught; whether all are is `npm run canaries`. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Copy } from '../must-fail/copy.ts'
import { canaries } from './canaries.ts'
import { catchCanary } from './catch.ts'
import { keepJudges } from './judges.ts'
import { worldOf } from './worlds.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** A few worlds, each in a process of its own. */
const timeout = 300_000

describe('the canaries', () => {
  it('have a name each', () => {
    expect(new Set(canaries.map(({ name }) => name)).size).toBe(canaries.length)
  })

  it.each(canaries)('$name: has a world, and what it replaces stands in its file once', ({ patches, world }) => {
    expect(worldOf(world).name).toBe(world)
    for (const { file, find, replace } of patches) {
      expect([file, readFileSync(`${root}${file}`, 'utf8').split(find).length - 1]).toEqual([file, 1])
      expect(replace).not.toBe(find)
    }
  })
})

describe('a canary', () => {
  let copy: Copy
  beforeAll(() => {
    copy = new Copy()
    keepJudges(copy.folder)
  })
  afterAll(() => copy.remove())

  it('is caught, by a seed that passes without it', { timeout }, async () => {
    const canary = canaries.find(({ name }) => name === 'aborted records read')!
    const { caughtAtSeed } = await catchCanary(copy, canary, 20, () => undefined)
    expect(caughtAtSeed).not.toBe(null)
  })

  it('that harms nobody is not', { timeout }, async () => {
    const harmless = { name: 'none', patches: [], world: 'running' }
    expect(await catchCanary(copy, harmless, 1, () => undefined)).toEqual({ canary: 'none', caughtAtSeed: null })
  })

  it('that can not be planted any more ends the search', async () => {
    const moved = {
      name: 'moved',
      patches: [{ file: 'src/clock.ts', find: 'not there', replace: '' }],
      world: 'running',
    }
    await expect(catchCanary(copy, moved, 1, () => undefined)).rejects.toThrow('holds 0 times')
  })

  it('that is no code ends the search', { timeout }, async () => {
    const patches = [{ file: 'test/canaries/seek.ts', find: "from './worlds.ts'", replace: "form './worlds.ts'" }]
    const broken = { name: 'broken', patches, world: 'running' }
    await expect(catchCanary(copy, broken, 1, () => undefined)).rejects.toThrow('No seed began')
  })
})
