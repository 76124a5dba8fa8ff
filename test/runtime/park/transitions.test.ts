import { describe, expect, test } from 'vitest'
import { type KeyEvent, type KeyState, transitionOf, transitions } from '../../../src/runtime/park/transitions.ts'

describe('a key that is parked', () => {
  test.each<[KeyState, KeyEvent, string, KeyState]>([
    ['free', 'newcomer', 'run', 'free'],
    ['free', 'failed', 'park', 'parked'],
    ['parked', 'newcomer', 'behind', 'parked'],
    ['parked', 'letter-in-turn', 'run', 'parked'],
    ['parked', 'letter-out-of-turn', 'back', 'parked'],
    ['parked', 'letter-failed', 'back', 'parked'],
    ['parked', 'letter-left', 'forget', 'parked'],
    ['parked', 'last-letter-left', 'forget', 'free'],
  ])('%s and %s: %s, then %s', (state, event, action, next) => {
    expect(transitionOf(state, event)).toEqual({ action, next })
  })

  test('knows no other ways', () => {
    const known = Object.values(transitions).flatMap((events) => Object.values(events))
    expect(known.filter((transition) => transition !== null)).toHaveLength(8)
    expect(() => transitionOf('free', 'letter-failed')).toThrow("A key that is free can't see letter-failed")
  })
})
