import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { start } from './command.ts'

const file = fileURLToPath(new URL('../simulation/topologies.ts', import.meta.url))

test('millrace sim runs seeds and says what happened, the last line as JSON', async () => {
  const words = ['sim', file, '--simulation', 'map-filter', '--seed', '0x2a', '--records', '200', '--json']
  const { code, stdout, stderr } = await start(words).ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toMatchObject({ seeds: 1, failures: 0 })
}, 60_000)

test.each([
  ['a simulation that is not there', ['--simulation', 'nothing'], 'exports no simulation nothing'],
  ['a seed that is none', ['--seed', 'x'], 'Give a number such as 42 or 0x2a'],
])('refuses %s', async (_, words, complaint) => {
  const { code, stderr } = await start(['sim', file, ...words]).ended
  expect(code).toBe(2)
  expect(stderr).toContain(complaint)
})
