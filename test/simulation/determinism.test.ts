import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { simulate } from '../../src/testing/index.ts'
import { simulations } from './topologies.ts'

const seeds = [11, 12, 13]
const traces = fileURLToPath(new URL('trace.ts', import.meta.url))

async function elsewhere(name: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [traces, name, ...seeds.map(String)])
  return stdout.trim().split('\n')
}

test.each(['repartition', 'asked'])(
  'a seed repeats itself in another process, trace by trace: %s',
  async (name) => {
    const { topology, options } = simulations.find((each) => each.name === name)!
    const here: string[] = []
    for (const seed of seeds) here.push((await simulate(topology, { ...options, records: 300, seed })).trace)
    expect(await elsewhere(name)).toEqual(here)
    expect(new Set(here).size).toBe(seeds.length)
  },
  120_000,
)
