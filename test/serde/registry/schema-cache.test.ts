/** What becomes of an id: a registry as a script, a clock moved by hand. */
import { describe, expect, test } from 'vitest'
import { MillraceError } from '../../../src/faults.ts'
import { NotReady } from '../../../src/serde/not-ready.ts'
import { SchemaCache } from '../../../src/serde/registry/schema-cache.ts'
import { RegistryRefusal, type SchemaSource, type WriterSchema } from '../../../src/serde/registry/source.ts'
import { HandClock } from '../../broker/hand-clock.ts'

interface Question {
  readonly answer: (schema: WriterSchema | null) => void
  readonly fail: (error: Error) => void
}

function scripted(timeout: { seconds: number } | null = null) {
  const clock = new HandClock()
  const questions: Question[] = []
  const source = {
    name: 'script',
    schema: () => {
      const { promise, resolve, reject } = Promise.withResolvers<WriterSchema | null>()
      questions.push({ answer: resolve, fail: reject })
      return promise
    },
  } as unknown as SchemaSource
  const compile = (schema: WriterSchema): string => {
    if (schema.kind === 'AVRO') throw new MillraceError('reject', { code: 'MR3001', what: 'not for us' })
    return 'compiled'
  }
  return { clock, questions, cache: new SchemaCache({ source, compile, clock, timeout }) }
}

function thrownBy(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

const notReady = (cache: SchemaCache<string>): NotReady => {
  const error = thrownBy(() => cache.get(7))
  expect(error).toBeInstanceOf(NotReady)
  return error as NotReady
}

describe('an id', () => {
  test('is asked for once, and known from then on', async () => {
    const { cache, questions } = scripted()
    const waiting = [notReady(cache), notReady(cache)]
    expect(questions).toHaveLength(1)
    questions[0]!.answer({ kind: 'JSON' })
    await Promise.all(waiting.map(({ ready }) => ready))
    expect(cache.get(7)).toBe('compiled')
    expect(questions).toHaveLength(1)
  })

  test('that nobody has is a bad record, and asked for again later', async () => {
    const { cache, questions, clock } = scripted()
    const { ready } = notReady(cache)
    questions[0]!.answer(null)
    await ready
    expect(thrownBy(() => cache.get(7))).toMatchObject({ code: 'MR3001', message: 'No schema has the id 7 at script' })
    clock.advance(31_000)
    notReady(cache)
    expect(questions).toHaveLength(2)
  })

  test('that nobody has is forgotten once there are many of them', async () => {
    const { cache, questions } = scripted()
    for (let id = 0; id < 1_500; id++) {
      const { ready } = thrownBy(() => cache.get(id)) as NotReady
      questions.at(-1)!.answer(null)
      await ready
    }
    expect(thrownBy(() => cache.get(1_499))).toMatchObject({ code: 'MR3001' })
    expect(questions).toHaveLength(1_500)
    expect(thrownBy(() => cache.get(0))).toBeInstanceOf(NotReady)
    expect(questions).toHaveLength(1_501)
  })

  test.each([
    ['what the client can not compile', (question: Question) => question.fail(new RegistryRefusal('no'))],
    ['what this reader can not read', (question: Question) => question.answer({ kind: 'AVRO', type: null as never })],
  ])('of %s is a bad record', async (_what, settle) => {
    const { cache, questions } = scripted()
    const { ready } = notReady(cache)
    settle(questions[0]!)
    await ready
    expect(thrownBy(() => cache.get(7))).toMatchObject({ code: 'MR3001', kind: 'reject' })
  })

  test('is asked for again after a pause that grows, as long as somebody wants it', async () => {
    const { cache, questions, clock } = scripted()
    const pauses = [200, 400, 800, 1_600, 2_000, 2_000]
    for (const [index, pause] of pauses.entries()) {
      const { ready, overdue } = notReady(cache)
      expect(overdue).toBeNull()
      questions[index]!.fail(new Error('down'))
      await new Promise(setImmediate)
      clock.advance(pause - 1)
      notReady(cache)
      expect(questions).toHaveLength(index + 1)
      clock.advance(1)
      await ready
    }
    clock.advance(100_000)
    expect(questions).toHaveLength(pauses.length)
    const { ready } = notReady(cache)
    questions.at(-1)!.answer({ kind: 'JSON' })
    await ready
    expect(cache.get(7)).toBe('compiled')
  })

  test('has waited long enough after the timeout, also of a registry that says nothing; and is still asked for', async () => {
    const { cache, questions, clock } = scripted({ seconds: 5 })
    const { ready } = notReady(cache)
    clock.advance(5_000)
    await ready
    expect(notReady(cache).overdue).toMatchObject({ code: 'MR3006', kind: 'reject' })
    expect(questions).toHaveLength(1)
    questions[0]!.answer({ kind: 'JSON' })
    await new Promise(setImmediate)
    expect(cache.get(7)).toBe('compiled')
  })
})
