import { describe, expect, test } from 'vitest'
import { withoutOurTail } from '../../../src/runtime/failures/stack-tail.ts'

const ours = (name: string): string =>
  `    at ${name} (${new URL('../../../src/', import.meta.url).href}${name}.ts:1:1)`
const theirs = '    at priceOf (file:///app/prices.ts:3:9)'
const stackOf = (...frames: readonly string[]): string => ['Error: no price', ...frames].join('\n')

describe('the end of a stack', () => {
  test('is cut where it is ours, but for two frames', () => {
    const whole = stackOf(theirs, ours('map'), ours('graph'), ours('take'), ours('run'))
    expect(withoutOurTail(whole)).toBe(stackOf(theirs, ours('map'), ours('graph'), '    …'))
  })

  test.each([
    ['nothing of it is ours', stackOf(theirs, theirs)],
    ['hardly anything is', stackOf(theirs, ours('map'), ours('graph'))],
    ['ours lies between theirs', stackOf(ours('map'), ours('graph'), ours('take'), theirs)],
    ['there is none', 'Error: no price'],
    ['it is empty', ''],
  ])('stays as it is where %s', (_, stack) => {
    expect(withoutOurTail(stack)).toBe(stack)
  })

  test('is cut where all of it is ours', () => {
    const whole = stackOf(ours('parse'), ours('decode'), ours('head'), ours('run'))
    expect(withoutOurTail(whole)).toBe(stackOf(ours('parse'), ours('decode'), '    …'))
  })
})
