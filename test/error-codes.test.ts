/** Every documented code is thrown somewhere, and every thrown code is documented (that half the compiler checks too). */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { exitCodes } from '../src/cli/exit-codes.ts'
import { errorCodes } from '../src/faults.ts'

const source = fileURLToPath(new URL('../src', import.meta.url))

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

/** Codes in string literals. The lists have them as keys, so they do not count; comments and examples are left out. */
function usedCodes(): Set<string> {
  const codes = new Set<string>()
  for (const name of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue
    const text = readFileSync(join(source, name), 'utf8').replace(/^\s*(\/\*\*|\*|\/\/).*$/gm, '')
    for (const [, code = ''] of text.matchAll(/'(MR\d{4})'/g)) codes.add(code)
  }
  return codes
}
