/** Two workers, each with a task of one sub-topology: the one that is ahead waits for what the other has committed. */
import { expect, test } from 'vitest'
import { committedRecords } from '../../../scripts/tools/committed.ts'
import { from, NotReady, type Serde, subscribe, text, topic, topology } from '../../../src/index.ts'
import type { Progress } from '../../../src/runtime/commit/progress.ts'
import { suiteBench } from '../../contracts/suite-bench.ts'
import { until } from '../../contracts/tools.ts'

const noon = Date.UTC(2026, 0, 1, 12)
const hour = 3_600_000
const bench = suiteBench()

interface Taken {
  readonly worker: string
  readonly partition: number
  readonly value: string
}

test('a task that is ahead of one elsewhere is held until that has moved, and no longer', async () => {
  await bench.create(2, 'events', 'seen')
  const gate = Promise.withResolvers<void>()
  let isOpen = false
  void gate.promise.then(() => {
    isOpen = true
  })
  const gated: Serde<string> = {
    ...text,
    decode(bytes, start, end) {
      const value = text.decode(bytes, start, end)
      if (value === 'slow' && !isOpen) throw new NotReady('The gate is shut', gate.promise)
      return value
    },
  }
  const taken: Taken[] = []
  const app = (worker: string) =>
    topology(
      'aligned',
      from(topic('events', { value: gated }), { maxDrift: { minutes: 30 }, maxLead: 'off', idle: 'off' })
        .peek((value, { partition }) => void taken.push({ worker, partition, value }))
        .to(topic('seen', { value: text })),
    )
  let held = false
  const unsubscribe = subscribe('task.held', ({ task, watermark }) => {
    held ||= task === 'events-0' && watermark > noon
  })
  const workers = ['left', 'right'].map((name) => bench.start(app(name), { instance: name }))
  const put = (partition: number, value: string, time: number) => bench.produce('events', [{ value, time, partition }])
  const latest = (partition: number) => taken.findLast((each) => each.partition === partition)

  await until('each worker has one of the tasks', async () => {
    const before = taken.length
    await Promise.all([put(0, 'first', noon), put(1, 'first', noon)])
    await until('both are taken', () => taken.length === before + 2)
    return latest(0)!.worker !== latest(1)!.worker
  })
  await put(1, 'slow', noon + 1)
  await until('it is known that the slow task has something to take', async () => {
    const rows: Progress[] = []
    for await (const { key, value } of committedRecords(bench.kafka, 'aligned.progress'))
      if (key?.toString() === 'events-1') rows.push(JSON.parse(value!.toString()))
    return rows.at(-1)?.quiet === false
  })

  let sent = 0
  await until('the other task is held', async () => {
    const before = taken.length
    await put(0, 'ahead', noon + ++sent * hour)
    await until('it is taken, or the task held', () => taken.length > before || held)
    return held
  })
  const passed = taken.length
  await put(0, 'ahead', noon + ++sent * hour)
  gate.resolve()
  await until('everything is taken', () => taken.filter(({ value }) => value === 'ahead').length === sent)
  expect(taken.slice(passed)[0]).toMatchObject({ partition: 1, value: 'slow' })
  for (const worker of workers) await worker.stop()
  unsubscribe()
})
