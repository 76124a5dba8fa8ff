/** A worker that waits for an empty partition goes on by itself when the wait is over, and keeps that it did. */
import { expect, test } from 'vitest'
import { committedRecords } from '../../../scripts/tools/committed.ts'
import { from, text, topic, topology } from '../../../src/index.ts'
import { RecordingReader } from '../../../src/runtime/time/recording.ts'
import { suiteBench } from '../../contracts/suite-bench.ts'
import { until } from '../../contracts/tools.ts'

const bench = suiteBench()

test('an empty partition beside one with records', async () => {
  await bench.create(1, 'left', 'right', 'seen')
  const options = { wait: { milliseconds: 300 }, idle: 'off', maxLead: 'off' } as const
  const [left, right] = ['left', 'right'].map((name) => from(topic(name, { value: text }), options))
  const worker = bench.start(topology('waiting', left!.merge(right!).to(topic('seen', { value: text }))))
  const seen = async (): Promise<string[]> => (await bench.read('seen')).map(({ value }) => String(value))

  await bench.produce('left', [{ value: 'l1', time: 1_000 }])
  await bench.produce('right', [{ value: 'r2', time: 2_000 }])
  await until('the older one is out', async () => (await seen()).length > 0)
  await until('the wait for more of it is over', async () => (await seen()).length === 2)
  expect(await seen()).toEqual(['l1', 'r2'])
  await bench.produce('left', [{ value: 'l0', time: 500 }])
  await until('what comes late is out as well', async () => (await seen()).length >= 3)
  const { recordsIn, enforced } = await worker.stop()
  expect(recordsIn).toBe(3)
  expect(enforced).toBeGreaterThan(0)

  const reader = new RecordingReader('left-0')
  for await (const { key, value } of committedRecords(bench.kafka, 'waiting.progress')) reader.row(key, value)
  const absences = reader.recording({}).decisions
  expect(absences.map((each) => each.kind === 'absence' && each.input)).toContain('left-0')
})
