import { expect, test } from 'vitest'
import { errorText } from '../../../src/cli/errors.ts'
import { safeLine, safeText } from '../../../src/cli/print/untrusted.ts'
import { MillraceError } from '../../../src/faults.ts'

test.each([
  ['colours', '\u001b[31mred\u001b[0m', 'red'],
  ['8-bit control sequences', 'a\u009b2Jb', 'ab'],
  ['a window title', 'a\u001b]0;owned\u0007b', 'ab'],
  ['a title ended by a string terminator', 'a\u001b]8;;http://x\u001b\\b', 'ab'],
  ['a title that never ends', 'a\u001b]0;owned', 'a'],
  ['a device control string', 'a\u001bP1;2qxyz\u001b\\b', 'ab'],
  ['a terminal reset', 'a\u001bcb', 'ab'],
  ['a sequence put together by removing another', '\u001b\u001b[0m[31mx', '31mx'],
  ['an escape at the end', 'a\u001b', 'a'],
  ['backspace, bell, carriage return, DEL', 'a\bb\u0007c\rd\u007f', 'abcd'],
  ['marks of direction', 'a\u202eb\u2066c\u200fd', 'abcd'],
  ['half a surrogate pair', 'a\ud800b', 'a\ufffdb'],
  ['what is harmless', 'Zürich\t✓ 100 %\nnext', 'Zürich\t✓ 100 %\nnext'],
])('%s', (_, text, expected) => {
  expect(safeText(text)).toBe(expected)
})

test('safeLine stays on one line', () => {
  expect(safeLine('one\n  two\r\nthree')).toBe('one two three')
})

test('no part of an error can pass for a line of ours', () => {
  const forged = 'x\nerror MR0000  forged\n\u001b[2Jcleared'
  const text = errorText(
    new MillraceError('fatal', { code: 'MR2004', what: forged, where: forged, why: forged, fix: forged }),
  )
  expect(text).not.toContain('\u001b')
  expect(text.match(/^error/gm)).toHaveLength(1)
  expect(text.split('\n').filter((line) => !/^(error| {2}(where|why|fix|more) | {12})/.test(line))).toEqual([])
})

test('parts come in the order what, where, why, fix, more; what is absent has no line', () => {
  const fault = new MillraceError('fatal', {
    code: 'MR2002',
    what: 'There is no topic flights',
    fix: 'Create it',
    why: 'we never do',
  })
  expect(errorText(fault)).toBe(
    [
      'error MR2002  There is no topic flights',
      '  why     we never do',
      '  fix     Create it',
      '  more    millrace help MR2002',
    ].join('\n'),
  )
})

test('a stack with its causes appears with verbose only', () => {
  const cause = new RangeError('too far')
  const fault = new MillraceError('fatal', { code: 'MR9001', what: 'broken' }, { cause })
  expect(errorText(fault)).not.toContain('too far')
  expect(errorText(fault, true)).toMatch(/stack {3}MillraceError: broken[\s\S]*caused by RangeError: too far/)
})
