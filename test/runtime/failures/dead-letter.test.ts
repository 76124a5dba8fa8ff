/** The headers of dead letters byte for byte, however much of them is made once for many letters. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { from, reject, text, topic, topology } from '../../../src/index.ts'
import { deadLetterHeaders, type Failure, lettersOf } from '../../../src/runtime/failures/dead-letter.ts'
import { encodedTime, encodedWithin, remembering } from '../../../src/runtime/failures/encoded-text.ts'
import { fingerprintOf } from '../../../src/runtime/failures/fingerprint.ts'
import { drive } from '../../../src/testing/drive.ts'
import { compile } from '../../../src/topology/compile.ts'

function stacked(name: string, frames: readonly string[], message = 'no'): Error {
  const error = new Error(message)
  error.name = name
  error.stack = [`${name}: ${message}`, ...frames].join('\n')
  return error
}

const hashed = (said: string) => createHash('sha256').update(said).digest('hex').slice(0, 12)
const frame = '    at price (file:///srv/app/src/prices.ts:12:7)'

describe('the fingerprint', () => {
  test('is that of class, node and function of user code, whatever line and folder', () => {
    const expected = hashed('TypeError\nscore\nprice prices.ts')
    const inner = '    at run (node:internal/process:1:1)'
    const library = '    at call (/srv/app/node_modules/x/y.js:1:1)'
    const moved = '    at price (/other/place/prices.ts:99:1)'
    for (const frames of [[frame], [inner, library, frame], [moved]]) {
      expect(fingerprintOf(stacked('TypeError', frames), 'score')).toBe(expected)
      // Once more, from memory.
      expect(fingerprintOf(stacked('TypeError', frames, 'another'), 'score')).toBe(expected)
    }
    expect(fingerprintOf(stacked('TypeError', []), 'score')).toBe(hashed('TypeError\nscore\n'))
  })

  test('tells classes, nodes and functions apart', () => {
    const others = [
      fingerprintOf(stacked('TypeError', [frame]), 'score'),
      fingerprintOf(stacked('RangeError', [frame]), 'score'),
      fingerprintOf(stacked('TypeError', [frame]), 'weigh'),
      fingerprintOf(stacked('TypeError', ['    at weigh (/srv/prices.ts:1:1)']), 'score'),
    ]
    expect(new Set(others).size).toBe(4)
  })
})

test('a memory begins anew when it is full, and says the same', () => {
  let made = 0
  const lengthOf = remembering((said) => {
    made++
    return said.length
  }, 2)
  expect(['a', 'bb', 'a', 'ccc', 'a'].map(lengthOf)).toEqual([1, 2, 1, 3, 1])
  expect(made).toBe(4)
  const long = 'x'.repeat(2_000)
  expect([lengthOf(long), lengthOf(long), made]).toEqual([2_000, 2_000, 6])
})

test('times are ISO texts', () => {
  for (const time of [0, 1_700_000_000_000, 1_700_000_000_000, 5])
    expect(encodedTime(time).toString()).toBe(new Date(time).toISOString())
})

test('a text is cut on a character boundary, in so many bytes, and no byte more is lost than must be', () => {
  const limit = 16
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (said) => {
      const whole = Buffer.from(said)
      const cut = encodedWithin(limit, said)
      if (whole.length <= limit) {
        expect(cut).toEqual(whole)
        return
      }
      const kept = cut.subarray(0, -3)
      expect([cut.length <= limit, cut.toString().endsWith('…'), whole.subarray(0, kept.length)]).toEqual([
        true,
        true,
        kept,
      ])
      expect(kept.length).toBeGreaterThan(limit - 3 - 4)
      expect(Buffer.from(cut.toString())).toEqual(cut)
    }),
  )
})

const failure: Failure = {
  ...{
    app: 'orders',
    version: '9f86d081884c',
    node: 'price',
    stage: 'process' as const,
    task: 'orders-3',
    group: 'orders',
  },
  error: new TypeError('no price'),
  at: 5,
  source: { topic: 'in', partition: 3, offset: 41, timestamp: 7, timestampType: 'CreateTime', headers: [] },
}

test('of a stack that is not to be written nothing is said', () => {
  const record = { key: null, value: Buffer.from('v') }
  const names = [...lettersOf({ ...failure, withoutStack: true }, record)].map(({ headers }) =>
    headers.map(({ name }) => name),
  )
  const all = deadLetterHeaders(failure).map(({ name }) => name)
  expect(names[0]).toEqual(all.filter((name) => name !== '__streams.errors.stacktrace'))
  expect(names).toHaveLength(3)
})

test('the version is that of the topology', () => {
  const input = topic('in', { key: text, value: text })
  const built = topology(
    'app',
    from(input)
      .map((value) => {
        throw reject(value)
      })
      .to(input),
  )
  const flow = drive(built)
  flow.put(input, 'bad', { key: 'k', time: 0 })
  expect(flow.deadLetters('in')[0]!.headers['__millrace.dlq.version']).toBe(compile(built).hash.slice(0, 12))
})
