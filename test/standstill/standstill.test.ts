/** A test file that its own timeouts can't end does not hold up the run for ever, and what it did is told. */
import { execFile } from 'node:child_process'
import { expect, test } from 'vitest'

const vitest = new URL('../../node_modules/vitest/vitest.mjs', import.meta.url).pathname
const fixture = new URL('fixture', import.meta.url).pathname

test('a run that stands still ends, and says where it stood', async () => {
  const { code, output } = await new Promise<{ code: unknown; output: string }>((resolve) => {
    execFile(process.execPath, [vitest, 'run', '--root', fixture], (error, stdout, stderr) =>
      resolve({ code: error?.code, output: stdout + stderr }),
    )
  })
  expect(code).toBe(1)
  expect(output).toContain('Not through:\n  never-gives-way.fixture.ts\n')
  expect(output).toMatch(/ {2}spin file:.*never-gives-way\.fixture\.ts:\d+\n/)
})
