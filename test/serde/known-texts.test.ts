import { expect, test } from 'vitest'
import { KnownTexts } from '../../src/serde/known-texts.ts'

/** Counts how often it is asked. */
function counting(): { readonly known: KnownTexts; readonly asked: () => number } {
  let asked = 0
  const known = new KnownTexts((bytes, start, end) => {
    asked++
    return bytes.toString('utf8', start, end)
  })
  return { known, asked: () => asked }
}

function readAll(known: KnownTexts, texts: readonly string[]): string[] {
  return texts.map((text) => {
    const bytes = Buffer.from(`<${text}>`)
    return known.read(bytes, 1, bytes.length - 1)
  })
}

test('texts that come again are decoded once, and are right', () => {
  const { known, asked } = counting()
  const texts = Array.from({ length: 3_000 }, (_, index) => `key-${index % 50}`)
  expect(readAll(known, texts)).toEqual(texts)
  // Two of them may share a place.
  expect(asked()).toBeLessThan(300)
})

test('texts that never come again cost a look only now and then', () => {
  const { known, asked } = counting()
  const texts = Array.from({ length: 20_000 }, (_, index) => `key-${index}`)
  expect(readAll(known, texts)).toEqual(texts)
  expect(readAll(known, ['again', 'again'])).toEqual(['again', 'again'])
  expect(asked()).toBe(20_002)
})

test('what is not ASCII, and what is long, is decoded each time', () => {
  const { known, asked } = counting()
  const texts = ['é', 'é', 'x'.repeat(33), 'x'.repeat(33), '\u0000', '\u0000']
  expect(readAll(known, texts)).toEqual(texts)
  expect(asked()).toBe(5)
})
