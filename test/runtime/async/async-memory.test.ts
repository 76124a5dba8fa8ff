/** The memory of answers by itself: whose they are, when they are forgotten, how many there are. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AsyncCall } from '../../../src/operators/operator.ts'
import { Answers } from '../../../src/runtime/async/answers.ts'
import { plainCopy } from '../../../src/runtime/async/plain-copy.ts'

const place = (offset: number, input = 0) => ({ input, offset })

function request(value: unknown, node = 0, key: unknown = 'k'): AsyncCall {
  const ports = { start: () => Promise.reject(new Error('asked')), forward: () => undefined }
  return { node, key, value, time: 0, window: null, ...ports, concurrency: 1, timeout: 1 }
}

const at = (position: number, index = 0) => [[{ index, position }, 0]] as const

describe('an answer', () => {
  test('is given once after each rewind, to the same question of the same record', () => {
    const answers = new Answers()
    answers.keep(place(1), request({ id: 1 }), 'one')
    expect(answers.take(place(1), request({ id: 1 }))).toBeNull()
    for (let rewinds = 0; rewinds < 2; rewinds++) {
      answers.rewound(at(2))
      expect(answers.take(place(2), request({ id: 1 }))).toBeNull()
      expect(answers.take(place(1, 1), request({ id: 1 }))).toBeNull()
      expect(answers.take(place(1), request({ id: 2 }))).toBeNull()
      expect(answers.take(place(1), request({ id: 1 }, 1))).toBeNull()
      expect(answers.take(place(1), request({ id: 1 }, 0, 'l'))).toBeNull()
      expect(answers.take(place(1), request({ id: 1 }))).toEqual({ value: 'one' })
      expect(answers.take(place(1), request({ id: 1 }))).toBeNull()
    }
  })

  test('is forgotten when its record is committed, or is to ask anew', () => {
    const answers = new Answers()
    for (const offset of [1, 2, 3]) answers.keep(place(offset), request(offset), offset)
    answers.committed(0, 2)
    answers.forget(place(3))
    answers.rewound(at(4))
    const taken = [1, 2, 3].map((offset) => answers.take(place(offset), request(offset)))
    expect(taken).toEqual([null, { value: 2 }, null])
  })

  test('is kept for so many calls only, and no breaker is passed for others', () => {
    const answers = new Answers(2)
    for (const offset of [1, 2, 3, 4]) answers.keep(place(offset), request(offset), offset)
    answers.rewound(at(5))
    expect([1, 2, 3, 4].map((offset) => answers.isSettled(0, offset))).toEqual([true, true, false, false])
    expect(answers.take(place(3), request(3))).toBeNull()
  })

  test('that comes when its record was taken back already is given at once', () => {
    const answers = new Answers()
    answers.rewound(at(2))
    answers.committed(0, 1)
    answers.keep(place(1), request(1), 'early')
    answers.keep(place(1), request(2), 'late', true)
    expect([1, 2].map((asked) => answers.take(place(1), request(asked)))).toEqual([null, { value: 'late' }])
  })

  test('that is no plain data is not kept', () => {
    const answers = new Answers()
    answers.keep(place(1), request(1), new URL('http://localhost'))
    answers.rewound(at(2))
    expect([answers.take(place(1), request(1)), answers.isSettled(0, 1)]).toEqual([null, false])
  })
})

describe('a record is worked again without asking', () => {
  test('up to the first one of which a call was not answered', () => {
    const answers = new Answers()
    answers.leaveGap(place(7))
    answers.leaveGap(place(5))
    answers.rewound([...at(9), ...at(3, 1)])
    expect([answers.isSettled(0, 4), answers.isSettled(0, 5), answers.isSettled(1, 2)]).toEqual([true, false, true])
  })

  test('over several rewinds, however far it came, until all is committed', () => {
    const answers = new Answers()
    answers.rewound(at(9))
    answers.rewound(at(2))
    answers.rewound([[{ index: 1, position: 3 }, 3]])
    expect([answers.isSettled(0, 8), answers.isSettled(0, 9)]).toEqual([true, false])
    answers.committed(0, 5)
    expect([answers.isRepeating, answers.isSettled(0, 8)]).toEqual([true, true])
    answers.committed(0, 9)
    expect(answers.isRepeating).toBe(false)
  })

  test('not where rows asked that no record caused', () => {
    const answers = new Answers()
    answers.rowAsks()
    answers.rewound(at(9))
    expect(answers.isRepeating).toBe(false)
  })
})

test('copies are equal, and their own', () => {
  fc.assert(
    fc.property(fc.object({ withDate: true, withTypedArray: false }), (value) => {
      const before = structuredClone(value)
      const copy = plainCopy(value)!.value as Record<string, unknown>
      expect(copy).toEqual(before)
      for (const key of Object.keys(copy)) copy[key] = 'changed'
      expect(value).toEqual(before)
    }),
  )
  const circle: unknown[] = []
  circle.push(circle)
  for (const value of [circle, () => 1, { inner: new Map() }, [Object.create({ a: 1 })]])
    expect(plainCopy(value)).toBeNull()
  expect(plainCopy(Buffer.from('a'))).toEqual({ value: Buffer.from('a') })
  expect(Object.keys(plainCopy(JSON.parse('{"__proto__": 1}'))!.value as object)).toEqual(['__proto__'])
})
