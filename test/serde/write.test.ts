import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { bytes, evolving, json, nullable } from '../../src/index.ts'

const one = json<{ id: number }>()
const buffer = Buffer.alloc(64)
/** From the third value on its code is there. */
function learned(serde: typeof one): typeof one {
  for (let time = 0; time < 3; time++) serde.write?.({ id: 1 }, buffer, 0)
  return serde
}

describe('what a serde writes itself', () => {
  test('nullable passes on, but null', () => {
    const serde = nullable(learned(one))
    expect(serde.write?.({ id: 7 }, buffer, 3)).toBe(11)
    expect(buffer.toString('utf8', 3, 11)).toBe('{"id":7}')
    expect(serde.write?.(null, buffer, 3)).toBe(-1)
  })
  test('evolving passes on to the last schema', () => {
    const serde = evolving(json(z.object({ old: z.string() }))).to(learned(one), () => ({ id: 0 }))
    expect(serde.write?.({ id: 7 }, buffer, 0)).toBe(8)
  })
  test('neither invents', () => {
    expect(nullable(bytes).write).toBeUndefined()
    expect(evolving(json(undefined, { mode: 'strict' })).write).toBeUndefined()
  })
})
