import { describe, expect, test } from 'vitest'
import { forms } from '../../bench/forms.ts'
import { parseBenchArguments } from '../../bench/options.ts'
import { variantsOf, wordsOfVariant } from '../../bench/variants.ts'

const known = ['map', 'windowed-count-final', 'q0', 'q3', 'latency']
const parse = (...words: string[]) => parseBenchArguments(words, known, 'results')

describe('the command line', () => {
  test('without words it is the short form, written down', () => {
    expect(parse()).toEqual({ ...forms.short, broker: 'kafka', json: false, results: 'results' })
  })
  test('full is all works and all peers', () => {
    expect(parse('full')).toMatchObject({ works: known, peers: forms.full.peers, rounds: 5, results: 'results' })
    expect(parse('full', 'q3').works).toEqual(['q3'])
  })
  test('a named work is measured in all variants, and written down where that is asked for', () => {
    expect(parse('map', '--json')).toMatchObject({ works: ['map'], variants: forms.named.variants, results: null })
    expect(parse('map', '--results', 'there').results).toBe('there')
  })
  test('the embedded broker has peers only when they are named', () => {
    expect(parse('map', '--broker', 'embedded').peers).toEqual([])
    expect(parse('map', '--broker', 'embedded', '--peers', 'kafkajs').peers).toEqual(['kafkajs'])
    expect(parse('map', '--peers', 'none').peers).toEqual([])
  })
  test('numbers and names are checked', () => {
    expect(() => parse('mop')).toThrow('There is no work "mop"')
    expect(() => parse('--records', '0')).toThrow('--records cannot be "0"')
    expect(() => parse('--peers', 'flink,storm')).toThrow('--peers cannot be "storm"')
    expect(() => parse('--variants', 'fast')).toThrow('--variants cannot be "fast"')
    expect(() => parse('--broker', 'redpanda')).toThrow('--broker cannot be "redpanda"')
  })
})

describe('variants', () => {
  test('a work without state knows JSON alone', () => {
    expect(variantsOf({ isStateful: false }, forms.full.variants)).toEqual(['fast-json', 'json-parse'])
    expect(variantsOf({ isStateful: false }, ['lmdb'])).toEqual(['fast-json'])
  })
  test('a work with state has a place for it', () => {
    const all = variantsOf({ isStateful: true }, forms.full.variants)
    expect(all).toEqual(['fast-json memory', 'fast-json lmdb', 'json-parse memory'])
    expect(variantsOf({ isStateful: true }, [])).toEqual(['fast-json memory'])
    expect(variantsOf({ isStateful: true }, ['json-parse', 'lmdb'])).toEqual(['json-parse lmdb'])
  })
  test('are told apart again', () => {
    expect(wordsOfVariant('json-parse lmdb')).toEqual({ json: 'json-parse', isOnDisk: true })
    expect(wordsOfVariant('fast-json')).toEqual({ json: 'fast-json', isOnDisk: false })
  })
})
