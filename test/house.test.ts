/** The style of the code is checked like its behaviour: directions of imports, circles, dead files, lengths, clocks. */
import { describe, expect, test } from 'vitest'
import { idleExports, withoutExample } from './house/public-names.ts'
import { readFolders } from './house/read.ts'
import { publicFiles } from './house/rooms.ts'
import * as rules from './house/rules.ts'

const product = readFolders('src')
const everything = readFolders('src', 'examples', 'bench', 'topologies', 'connectors', 'scripts')

describe('the house', () => {
  test('is not empty', () => {
    expect(product.size).toBeGreaterThan(50)
  })
  test('imports go downward only, and its users speak public names only', () => {
    expect(rules.wrongDirections(everything)).toEqual([])
  })
  test('every import finds its file', () => {
    expect(rules.brokenImports(everything)).toEqual([])
  })
  test('no imports run in circles', () => {
    expect(rules.circles(everything)).toEqual([])
  })
  test('an entry reaches every file', () => {
    expect(rules.deadFiles(product)).toEqual([])
  })
  test('no function is longer than 70 lines', () => {
    expect(rules.longFunctions(everything)).toEqual([])
  })
  test('no file is longer than 500 lines, half of them are below 100', () => {
    expect([...rules.longFiles(everything), ...rules.longMedian(product)]).toEqual([])
  })
  test('every public value has a doc comment with an example', () => {
    expect(withoutExample(product, publicFiles)).toEqual([])
  })
  test('what is exported is used elsewhere', () => {
    expect(idleExports(new Map([...everything, ...readFolders('test')]))).toEqual([])
  })
  test('clocks, timers and randomness are parameters', () => {
    expect(rules.worldlyCalls(product)).toEqual([])
  })
})
