import { expect, it } from 'vitest'
import type { Progress, RunProgress } from '../../src/runtime/commit/progress.ts'
import { isFinished, unfinishedIn } from '../../src/runtime/group/group.ts'

function progressOf(runs: Readonly<Record<string, RunProgress | null>>): ReadonlyMap<string, Progress> {
  const watermark = { value: -1, resting: false, inputs: {} }
  return new Map(
    Object.entries(runs).map(([task, run]) => [
      task,
      { version: 1, watermark, operators: {}, decisions: 0, run, heard: null },
    ]),
  )
}

const part = (done: boolean, id = 'r', startedAt = 1): RunProgress => ({ id, tasks: 2, startedAt, ends: {}, done })

it.each([
  ['no task has taken part in any', progressOf({ a: null }), null],
  ['a task is not through', progressOf({ a: part(true), b: part(false) }), 'r'],
  ['a task has not even begun', progressOf({ a: part(true) }), 'r'],
  ['all are through', progressOf({ a: part(true), b: part(true) }), null],
  ['all were through and the topology has grown', progressOf({ a: part(true), b: part(true), c: null }), null],
  ['a later one has begun', progressOf({ a: part(true, 'new', 2), b: part(true, 'old', 1) }), 'new'],
] as const)('a run to be continued, where %s', (_case, progress, expected) => {
  expect(unfinishedIn(progress)).toBe(expected)
})

it('is finished for all only when each task of the topology is through with this very run', () => {
  const tasks = new Set(['a', 'b'])
  expect(isFinished('r', tasks, progressOf({ a: part(true), b: part(true) }))).toBe(true)
  expect(isFinished('r', tasks, progressOf({ a: part(true), b: part(false) }))).toBe(false)
  expect(isFinished('r', tasks, progressOf({ a: part(true) }))).toBe(false)
  expect(isFinished('r', tasks, progressOf({ a: part(true), b: part(true, 'other') }))).toBe(false)
})
