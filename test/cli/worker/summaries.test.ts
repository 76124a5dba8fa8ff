import { expect, test } from 'vitest'
import { mergeSummaries, summaryText } from '../../../src/cli/worker/summaries.ts'
import { plainFault, revivedFault } from '../../../src/cli/worker/worker-options.ts'
import { MillraceError } from '../../../src/faults.ts'
import type { RunSummary } from '../../../src/run.ts'
import { newWork } from '../../../src/runtime/counters.ts'

function summary(app: string, recordsIn: number, more: Partial<RunSummary> = {}): RunSummary {
  const { out: _, ...work } = newWork()
  const none = { ...work, commits: 1, aborts: 0, restoredRows: 0 }
  return { app, ...none, instance: 'left', runId: 'r', recordsIn, recordsOut: 1, ...more }
}

test('counts of threads are added up per topology, names stay', () => {
  const merged = mergeSummaries([summary('a', 3), summary('b', 5), summary('a', 4, { late: 2 })])
  expect(merged).toEqual([summary('a', 7, { recordsOut: 2, commits: 2, late: 2 }), summary('b', 5)])
})

test('the line for people names what is rare only when it happened', () => {
  expect(summaryText(summary('a', 3))).toBe('a: records in 3, out 1, commits 1')
  expect(summaryText(summary('a', 3, { deadLetters: 2, aborts: 1 }))).toBe(
    'a: records in 3, out 1, commits 1, dead letters 2, aborts 1',
  )
})

test('the line for people names the breakers that are not closed', () => {
  const breakers = {
    api: { state: 'half-open', failures: 5, openings: 1 },
    rates: { state: 'closed', failures: 0, openings: 2 },
  } as const
  expect(summaryText(summary('a', 3, { breakers }))).toBe('a: records in 3, out 1, commits 1, breaker api half-open')
})

test('a fault crosses a thread with its code, kind, text and chain of causes', () => {
  const innermost = new RangeError('too far')
  const inner = new MillraceError('reject', { code: 'MR3001', what: 'inner', why: 'bytes' }, { cause: innermost })
  const fault = new MillraceError('fenced', { code: 'MR2006', what: 'outer', fix: 'rename' }, { cause: inner })
  const back = revivedFault(structuredClone(plainFault(fault)))
  expect(back).toBeInstanceOf(MillraceError)
  expect({ kind: back.kind, text: back.text, stack: back.stack }).toEqual({
    kind: 'fenced',
    text: fault.text,
    stack: fault.stack,
  })
  expect(back.cause).toMatchObject({ code: 'MR3001', kind: 'reject', text: inner.text })
  expect((back.cause as Error).cause).toMatchObject({ name: 'RangeError', message: 'too far', stack: innermost.stack })
})
