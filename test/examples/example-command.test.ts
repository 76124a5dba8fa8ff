/** `npm run example`: what it says when it can't know which example is meant. Whole runs are the business of `.ci/run`. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const main = fileURLToPath(new URL('../../examples/main.ts', import.meta.url))

test.each([
  { words: [], code: 2, says: /^Which example\?/ },
  { words: ['1', '--json'], code: 2, says: /^There is no example 1 to run here/ },
  { words: ['2', '3'], code: 2, says: /^There is no example 2 3 to run here/ },
  { words: ['2', '--jason'], code: 2, says: /--jason/ },
  { words: ['--help'], code: 0, says: /^npm run example -- NUMBER/ },
])('example $words ends with $code', ({ words, code, says }) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], { encoding: 'utf8' })
  expect(status).toBe(code)
  expect(code === 0 ? stdout : stderr).toMatch(says)
})
