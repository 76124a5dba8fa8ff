import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hexLines } from '../../src/cli/print/hex.ts'
import { isoOf, shortSpan, shortTime } from '../../src/cli/print/instants.ts'
import { Progress, progressText } from '../../src/cli/print/progress.ts'
import { sparkline } from '../../src/cli/print/sparkline.ts'
import { visibleLine, visibleText } from '../../src/cli/print/visible.ts'
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

test('a bar is drawn on a terminal alone, at most ten times a second, and taken away', async () => {
  const written: string[] = []
  const terminal = (isTTY: boolean) => ({ isTTY, write: (text: string) => written.push(text) })
  const clock = new VirtualClock()
  const silent = new Progress(terminal(false), clock)
  silent.update(1, 2)
  silent.end()
  expect(written).toEqual([])
  const progress = new Progress(terminal(true), clock)
  for (let done = 1; done <= 100; done++) {
    progress.update(done, 100)
    await clock.advance({ milliseconds: 10 })
  }
  progress.end()
  progress.end()
  expect(written).toHaveLength(11)
  expect(written.at(-2)).toContain('91 of 100  91 %  100/s  1s left')
  expect(written.at(-1)).toBe('\r\u001b[K')
})

test('a line says how far it is, and how long it takes', () => {
  const bar = (filled: number): string => '█'.repeat(filled).padEnd(24, '░')
  expect(progressText(0, 4_000, 0)).toBe(`${bar(0)} 0 of 4,000  0 %`)
  expect(progressText(1_000, 4_000, 100)).toBe(`${bar(6)} 1,000 of 4,000  25 %  100/s  30s left`)
  expect(progressText(1, 4, 0.5)).toBe(`${bar(6)} 1 of 4  25 %  30/m  6s left`)
  expect(progressText(1, 3, 1 / 3_600)).toBe(`${bar(8)} 1 of 3  33 %  1/h  2h left`)
  expect([progressText(0, 0, 0), progressText(3, 2, 0)]).toEqual([
    `${bar(24)} 0 of 0  100 %`,
    `${bar(24)} 3 of 2  100 %`,
  ])
})
