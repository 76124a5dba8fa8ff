/** Every documented code is thrown somewhere, and every thrown code is documented (that half the compiler checks too). */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { exitCodes } from '../src/cli/exit-codes.ts'
import { errorCodes } from '../src/faults.ts'

const source = fileURLToPath(new URL('../src', import.meta.url))
/** Where codes are listed and explained, not thrown. */
const lists = ['faults.ts', join('cli', 'code-help.ts')]

const used = usedCodes()

test('every documented code is thrown somewhere', () => {
  expect(Object.keys(errorCodes).filter((code) => !used.has(code))).toEqual([])
})

test('every code in the source is documented', () => {
  expect([...used].filter((code) => !(code in errorCodes))).toEqual([])
})

test('every exit code is documented', () => {
  const exits = Object.values(errorCodes).map(({ exit }) => exit)
  expect(exits.filter((exit) => !(exit in exitCodes))).toEqual([])
})

/** Codes in string literals; comments, examples and help texts do not count. */
function usedCodes(): Set<string> {
  const codes = new Set<string>()
  for (const name of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts') || lists.includes(name)) continue
    const text = readFileSync(join(source, name), 'utf8').replace(/^\s*(\/\*\*|\*|\/\/).*$/gm, '')
    for (const [, code = ''] of text.matchAll(/'(MR\d{4})'/g)) codes.add(code)
  }
  return codes
}
