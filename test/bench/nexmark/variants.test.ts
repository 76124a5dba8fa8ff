/** What a schema gains is only time: with and without one every query writes the same bytes. */
import { afterEach, expect, test, vi } from 'vitest'
import { generateEvents } from '../../../bench/nexmark/events.ts'
import type { Variant } from '../../../bench/nexmark/topics.ts'
import type { NexmarkWork } from '../../../bench/nexmark/works.ts'
import { driven } from './driven.ts'

const events = [...generateEvents(300, { perSecond: 10 })]

/** The files choose their variant when they are loaded. */
async function worksAs(variant: Variant): Promise<readonly NexmarkWork[]> {
  vi.resetModules()
  vi.stubEnv('BENCH_VARIANT', variant)
  const { works } = await import('../../../bench/nexmark/works.ts')
  return works
}
afterEach(() => {
  vi.unstubAllEnvs()
  vi.resetModules()
})

const written = (work: NexmarkWork): [key: string, value: string][] =>
  driven(work, events, { seconds: 1 }).map(({ key, value }) => [String(Buffer.from(key!)), String(Buffer.from(value!))])

test('both write the same, whatever else is in the input: the fields of the specification and no others', async () => {
  const [declared, promised] = [await worksAs('fast-json'), await worksAs('json-parse')]
  expect(promised).toHaveLength(declared.length)
  for (const [index, work] of declared.entries()) {
    const rows = written(work)
    expect(written(promised[index]!)).toEqual(rows)
    const fields = new Set(rows.flatMap(([, value]) => Object.keys(JSON.parse(value))))
    if (rows.length > 0) expect([...fields].sort()).toEqual([...work.specification.fields].sort())
  }
})

test('another variant is refused', async () => {
  await expect(worksAs('fast' as Variant)).rejects.toThrow('BENCH_VARIANT cannot be "fast"')
})
