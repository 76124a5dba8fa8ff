/** Nothing may become dearer unseen: what a record takes is counted, in a process whose heap is not collected meanwhile. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { Counts } from '../../../bench/inside/counts.ts'
import { excesses, limits } from '../../../bench/inside/limits.ts'

const guard = new URL('../../../bench/inside/guard.ts', import.meta.url).pathname
const flags = ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256']

async function countsOf(works: readonly string[]): Promise<ReadonlyMap<string, Counts>> {
  const counted = []
  // One after another, and each by itself: what ran before changes what the compiler makes of a work.
  for (const work of works) counted.push((await promisify(execFile)(process.execPath, [...flags, guard, work])).stdout)
  const stdout = counted.join('')
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Counts & { readonly work: string })
  return new Map(rows.map(({ work, ...counts }) => [work, counts]))
}

describe('what a record takes', () => {
  test('is no more than it was', async () => {
    const counts = await countsOf(Object.keys(limits))
    for (const [work, limit] of Object.entries(limits)) expect(excesses(counts.get(work)!, limit), work).toEqual([])
  }, 240_000)

  test('is too much as soon as something is made for every record', async () => {
    const counts = await countsOf(['a-closure', 'a-promise', 'a-copy'])
    const found = (work: string): string[] =>
      excesses(counts.get(work)!, limits.drop!).map((each) => each.split(':')[0]!)
    expect(found('a-closure')).toEqual(['heapBytes'])
    expect(found('a-promise')).toContain('promises')
    expect(found('a-copy')).toContain('copiedBytes')
  }, 240_000)
})
