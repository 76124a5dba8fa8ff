import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hexLines } from '../../src/cli/hex.ts'
import { isoOf, shortSpan, shortTime } from '../../src/cli/instants.ts'
import { barOf, Progress } from '../../src/cli/progress.ts'
import { sparkline } from '../../src/cli/sparkline.ts'
import { visibleLine, visibleText } from '../../src/cli/visible.ts'
import { VirtualClock } from '../../src/virtual-clock.ts'

test('what cannot be seen is spelt out', () => {
  expect(visibleLine('\u001b[31mred\u0007\n\u202e\u009b1m\t\ud800')).toBe(
    '\\x1b[31mred\\x07\\n\\u202e\\x9b1m\\t\\ud800',
  )
  expect(visibleText('two\nlines, \u{1f600} and ü')).toBe('two\nlines, \u{1f600} and ü')
})

test('nothing that a terminal obeys is left, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
      expect(visibleLine(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e]/)
      expect(visibleLine(text).isWellFormed()).toBe(true)
    }),
  )
})

test('bytes in lines of sixteen', () => {
  expect(hexLines(Buffer.from('{"a":1}'))).toEqual([`00000000  7b 22 61 22 3a 31 7d ${' '.repeat(26)}  {"a":1}`])
  expect(hexLines(Buffer.alloc(17, 27))[1]).toMatch(/^00000010 {2}1b +\.$/)
  expect(hexLines(Buffer.alloc(0))).toEqual([])
})

test('times, also those that are none', () => {
  expect([isoOf(0), isoOf(null), isoOf(8.65e15), isoOf(-1)]).toEqual([
    '1970-01-01T00:00:00.000Z',
    null,
    null,
    '1969-12-31T23:59:59.999Z',
  ])
  expect([shortTime(1_000), shortTime(null)]).toEqual(['1970-01-01 00:00:01Z', '-'])
  expect([shortSpan(38_492), shortSpan(273_600_000), shortSpan(12), shortSpan(-5)]).toEqual([
    '38s',
    '3d4h',
    '12ms',
    '0s',
  ])
})

test('little is not taken for nothing', () => {
  expect(sparkline([0, 1, 400, 800])).toBe('·▁▄█')
  expect(sparkline([])).toBe('')
})

test('a bar is drawn on a terminal alone, at most ten times a second', () => {
  const written: string[] = []
  const stream = (isTTY: boolean) =>
    ({ isTTY, write: (text: string) => written.push(text) }) as unknown as NodeJS.WriteStream
  const clock = new VirtualClock()
  const silent = new Progress(stream(false), clock)
  silent.update(1, 2)
  silent.end()
  expect(written).toEqual([])
  const progress = new Progress(stream(true), clock)
  for (let done = 0; done < 10; done++) progress.update(done, 10, 'letters')
  progress.end()
  expect(written).toHaveLength(2)
  expect(written[0]).toContain('0 % letters')
  expect([barOf(1, 2), barOf(0, 0), barOf(3, 2)].map((bar) => bar.slice(-5))).toEqual([' 50 %', '100 %', '100 %'])
})
