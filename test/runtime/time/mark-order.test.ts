/** Marks are records like others: they move time at their place, however much is read at once (`semantics.md` 2.8). */
import { expect, test } from 'vitest'
import { from, number, text, topic, topology, tumbling } from '../../../src/index.ts'
import { newCounters } from '../../../src/runtime/counters.ts'
import { encodeMarks } from '../../../src/runtime/time/marks.ts'
import { DrivenClock } from '../../../src/testing/driven-clock.ts'
import { Engine } from '../../../src/testing/engine.ts'
import { MemoryLog } from '../../../src/testing/memory-log.ts'
import { TopicReader } from '../../../src/testing/reader.ts'
import { compile } from '../../../src/topology/compile.ts'
import { BatchBuilder } from '../../../src/wire/batch.ts'

const counts = topic('counts', { key: text, value: number })
const lines = topic('lines', { key: text, value: text })
const graph = compile(
  topology(
    'marked',
    from(lines)
      .keyBy('word', (line) => line)
      .window(tumbling({ seconds: 1 }))
      .count('counts')
      .to(counts),
  ),
)
const repartition = { topic: 'marked.word.repartition', partition: 0 }

/** What comes out when a task finds all of this in its input. `steps`: the time of a record, or of a mark. */
function countsAfter(...steps: readonly { readonly record?: number; readonly mark?: number }[]): [string, number][] {
  const log = new MemoryLog()
  const builder = new BatchBuilder(4_096)
  for (const { record, mark } of steps) {
    if (record !== undefined) builder.append(record, 'a', '"a"', [])
    else builder.append(0, null, null, [encodeMarks({ runId: null, marks: [['lines-0', mark!]] })])
  }
  log.append(repartition, builder.build({}))
  const engine = new Engine({
    graph,
    log,
    clock: new DrivenClock(0),
    partitions: 1,
    decisions: [],
    state: undefined,
    crashes: null,
    counted: newCounters(),
  })
  engine.settle()
  const rows = new TopicReader(log).take('counts', 1).map(({ value, time }): [string, number] => [String(value), time])
  return [...rows, ['late', engine.counters.late]]
}

test.each([
  [
    'between two records closes what it has passed before the second',
    [{ record: 10 }, { mark: 1_000 }, { record: 20 }],
    1,
  ],
  ['behind both closes both', [{ record: 10 }, { record: 20 }, { mark: 1_000 }], 0],
  ['that has passed nothing closes nothing early', [{ record: 10 }, { mark: 999 }, { record: 20 }, { mark: 1_000 }], 0],
  ['several in a row count as each comes', [{ record: 10 }, { mark: 500 }, { mark: 1_000 }, { record: 20 }], 1],
])('a mark %s', (_what, steps, late) => {
  expect(countsAfter(...steps)).toEqual([
    [late === 1 ? '1' : '2', late === 1 ? 10 : 20],
    ['late', late],
  ])
})
