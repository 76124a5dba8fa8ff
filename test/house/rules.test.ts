/** The house test can fail: each rule is shown houses that break it. */
import { describe, expect, test } from 'vitest'
import { functionsOf } from './functions.ts'
import { importsOf } from './imports.ts'
import { mask } from './mask.ts'
import { idleExports, withoutExample } from './public-names.ts'
import * as rules from './rules.ts'

function house(files: Record<string, string>): rules.Files {
  return new Map(Object.entries(files))
}

function functionOf(lines: number, head = 'function long(): void {'): string {
  return `${head}\n${'  work()\n'.repeat(lines - 2)}}\n`
}

describe('mask', () => {
  const dollar = '$'
  test.each([
    ["a('x{y') // {", "a(' ') "],
    [`a(\`x${dollar}{b({})}{\`)`, 'a(` b({}) `)'],
    ['a = /[/{]"/ / b', 'a = / / / b'],
    ["/* { */ 'it\\'s'", " ' '"],
    ['a = b / c / d', 'a = b / c / d'],
    [`\`${dollar}{\`${dollar}{x}{\`}}\` {`, '` ` x ` ` {'],
  ])('%s', (source, masked) => {
    const result = mask(source)
    expect(result).toHaveLength(source.length)
    expect(result.replaceAll(/\s+/g, ' ')).toBe(masked)
  })
  test('keeps lines', () => {
    expect(mask('/*\n{\n*/ {').split('\n')).toEqual(['  ', ' ', '   {'])
  })
})

describe('imports', () => {
  const imports = (source: string): string[] =>
    importsOf('src/a/b.ts', source).map(
      ({ file, specifier, typeOnly }) => `${file ?? specifier}${typeOnly ? ' type' : ''}`,
    )

  test.each([
    ["import { a } from './c.ts'", 'src/a/c.ts'],
    ["import type { A } from '../c.ts'", 'src/c.ts type'],
    ["import { type A, type B } from '../c.ts'", 'src/c.ts type'],
    ["import { type A, b } from '../c.ts'", 'src/c.ts'],
    ["import {\n  a,\n  b,\n} from '../c.ts'", 'src/c.ts'],
    ["import * as c from 'node:net'", 'node:net'],
    ["import '../c.ts'", 'src/c.ts'],
    ["export * from '../c.ts'", 'src/c.ts'],
    ["export type { A } from '../c.ts'", 'src/c.ts type'],
    ["const c = await import('../c.ts')", 'src/c.ts'],
    ["new URL('./w.ts', import.meta.url)", 'src/a/w.ts'],
    ["new URL(import.meta.url.endsWith('.ts') ? './w.ts' : './w.js', import.meta.url)", 'src/a/w.ts'],
  ])('%s', (source, expected) => {
    expect(imports(source)).toEqual([expected])
  })
  test.each([
    "export const name = 'from'",
    "// import { a } from './c.ts'",
    'const text = "import { a } from \'./c.ts\'"',
    "import.meta.resolve('x')",
    "export function from(name = 'x'): void {}",
    "new URL('http://localhost')",
  ])('none: %s', (source) => {
    expect(imports(source)).toEqual([])
  })
})

describe('functions', () => {
  test.each([
    'function long(): void {',
    'export async function long<T>(a: T): Promise<Map<string, T>> {',
    'export const long = async (a: number): Promise<void> => {',
    'class A {\n  async long(a: number): Promise<void> {',
    'class A {\n  constructor() {',
    'class A {\n  get long(): { a: number } {',
    'class A {\n  static #long(): void {',
    'function long(\n  a: number,\n  b: { c: number },\n): void {',
    'list.forEach((one) => {',
    'const long = () => ({',
  ])('%s', (head) => {
    const source = `${head}\n${'  a()\n'.repeat(69)}}${head.startsWith('class') ? '\n}' : ''}\n`
    const depth = head.startsWith('class') ? 1 : 0
    const shift = head.split('\n').length - 1 - depth
    expect(functionsOf(source).map(({ lines }) => lines)).toEqual([71 + shift])
  })
  test.each([
    'if (a) {',
    'for (const a of b) {',
    'const table = {',
    'class A {',
    'interface A {',
    'call({',
    'switch (a) {',
  ])('none: %s', (head) => {
    expect(functionsOf(`${head}\n${'  a\n'.repeat(80)}}\n`)).toEqual([])
  })
  test('70 lines are enough', () => {
    expect(rules.longFunctions(house({ 'src/a.ts': functionOf(70) }))).toEqual([])
    expect(rules.longFunctions(house({ 'src/a.ts': functionOf(71) }))).toEqual([
      'src/a.ts:1 71 lines: function long(): void {',
    ])
  })
})

describe('rules', () => {
  test.each([
    ['src/clock.ts', "import '../src/runtime/run.ts'"],
    ['src/broker/log.ts', "import '../state/store.ts'"],
    ['src/kafka/native/client.ts', "import '../../broker/server.ts'"],
    ['src/operators/map.ts', "import '../topology/compile.ts'"],
    ['src/topology/nodes.ts', "import { store } from '../state/store.ts'"],
    ['src/runtime/run.ts', "import '../kafka/native/client.ts'"],
    ['src/wire/codec.ts', "import 'lodash'"],
    ['src/cli/run.ts', "import '../runtime/worker.ts'"],
    ['src/attic/old.ts', "import '../clock.ts'"],
    ['examples/1/demo.ts', "import '../../src/runtime/run.ts'"],
    ['examples/1/demo.ts', "import 'millrace/wire'"],
    ['bench/main.ts', "import '../scripts/build.ts'"],
  ])('%s must not %s', (path, source) => {
    expect(rules.wrongDirections(house({ [path]: source }))).toHaveLength(1)
  })
  test.each([
    ['src/operators/map.ts', "import '../topology/nodes.ts'"],
    ['src/topology/nodes.ts', "import type { Store } from '../state/store.ts'"],
    ['src/runtime/run.ts', "import '../kafka/port.ts'"],
    ['src/cli/run.ts', "import 'commander'"],
    ['src/broker/server.ts', "import 'node:net'"],
    ['examples/1/demo.ts', "import '../../src/broker/index.ts'"],
    ['bench/main.ts', "import '../scripts/kafka.ts'"],
  ])('%s may %s', (path, source) => {
    expect(rules.wrongDirections(house({ [path]: source }))).toEqual([])
  })
  test('circles', () => {
    const round = {
      'src/b.ts': "import './c.ts'",
      'src/c.ts': "import type { A } from './a.ts'",
      'src/a.ts': "import './b.ts'",
    }
    expect(rules.circles(house(round))).toEqual(['src/a.ts -> src/b.ts -> src/c.ts -> src/a.ts'])
    expect(rules.circles(house({ ...round, 'src/a.ts': '' }))).toEqual([])
  })
  test('dead files', () => {
    const files = {
      'src/index.ts': "export * from './a.ts'",
      'src/a.ts': '',
      'src/b.ts': "import './c.ts'",
      'src/c.ts': '',
    }
    expect(rules.deadFiles(house(files))).toEqual(['src/b.ts', 'src/c.ts'])
  })
  test('public values without an example', () => {
    const files = {
      'src/index.ts': "export { one, two, type Three } from './a.ts'\nexport type { Four } from './b.ts'",
      'src/a.ts': '/** @example one() */\nexport function one() {}\n/** Two. */\nexport const two = 2',
    }
    expect(withoutExample(house(files), ['src/index.ts'])).toEqual(['src/index.ts: two'])
  })
  test('exports that nobody uses', () => {
    const files = { 'src/a.ts': 'export const one = 1\nexport function two() {}', 'test/b.ts': 'one' }
    expect(idleExports(house(files))).toEqual(['src/a.ts: two'])
  })
  test('imports of nothing', () => {
    expect(rules.brokenImports(house({ 'src/a.ts': "import './b.ts'" }))).toHaveLength(1)
  })
  test('long files, long median', () => {
    const long = house({ 'src/a.ts': 'a\n'.repeat(501), 'src/wire/errors.ts': 'a\n'.repeat(501) })
    expect(rules.longFiles(long)).toEqual(['src/a.ts: 501 lines'])
    expect(rules.longMedian(long)).toHaveLength(1)
    expect(rules.longMedian(house({ 'src/a.ts': 'a\n'.repeat(100) }))).toEqual([])
  })
  test('worldly calls', () => {
    const source = 'const now = Date.now()\nsetTimeout(go, 5)\nnew Date()\nnew Date(5)\n// Math.random()\n'
    expect(rules.worldlyCalls(house({ 'src/runtime/a.ts': source }))).toEqual([
      'src/runtime/a.ts:1 Date.now',
      'src/runtime/a.ts:2 setTimeout',
      'src/runtime/a.ts:3 new Date()',
    ])
    expect(rules.worldlyCalls(house({ 'src/clock.ts': source, 'src/cli/a.ts': source }))).toEqual([])
  })
})
