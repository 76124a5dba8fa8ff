import { expect, test } from 'vitest'
import { progressText, redriveProgress } from '../../src/cli/dlq-progress.ts'
import { VirtualClock } from '../../src/virtual-clock.ts'

test('a line says how far it is, and how long it takes', () => {
  expect(progressText({ moved: 0, selected: 4_000 }, 0)).toBe('[........................] 0 of 4,000  0 %')
  expect(progressText({ moved: 1_000, selected: 4_000 }, 100)).toBe(
    '[######..................] 1,000 of 4,000  25 %  100/s  30s left',
  )
  expect(progressText({ moved: 0, selected: 0 }, 0)).toBe('[########################] 0 of 0  100 %')
})

test('it is drawn ten times a second at most, and only on a terminal', async () => {
  const clock = new VirtualClock()
  const written: string[] = []
  const terminal = { isTTY: true, write: (text: string) => written.push(text) }
  const progress = redriveProgress(clock, terminal)
  for (let moved = 1; moved <= 100; moved++) {
    progress.show({ job: 'a.dlq.b:12345678', moved, selected: 100 })
    await clock.advance({ milliseconds: 10 })
  }
  progress.end()
  progress.end()
  expect(written).toHaveLength(12)
  expect(written.at(-2)).toContain('100 of 100  100 %')
  expect(written.at(-1)).toBe('\n')
  const silent = redriveProgress(clock, { isTTY: false, write: () => expect.unreachable() })
  silent.show({ job: 'a.dlq.b:12345678', moved: 1, selected: 1 })
  silent.end()
})
