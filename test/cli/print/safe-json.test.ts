import fc from 'fast-check'
import { expect, test } from 'vitest'
import { safeJson } from '../../../src/cli/print/safe-json.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const obeyed = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/

test('reads as the same value, whatever it is', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
      const both = { value, text }
      expect(JSON.parse(safeJson(both))).toEqual(JSON.parse(JSON.stringify(both)))
      expect(safeJson(both)).not.toMatch(obeyed)
    }),
  )
})

test.each(['\u001b[2J', '\u009b2J', 'a\u202eb', '\ufeff', '\u2028', '\u007f'])('%j is spelt out', (text) => {
  expect(safeJson({ text })).toMatch(/^\{"text":"[ -~]*"\}$/)
})
