/** What a redrive promises, on whichever broker: the same suite on the embedded one and on Apache Kafka. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readAudit } from '../../../src/dead-letters/audit.ts'
import { cancelRedrive } from '../../../src/dead-letters/moving/cancel.ts'
import { redriveJobs } from '../../../src/dead-letters/moving/jobs.ts'
import { planRedrive, redrive, resumeRedrive } from '../../../src/dead-letters/moving/redrive.ts'
import type { Kafka } from '../../../src/kafka/port.ts'
import { reentryOf } from '../../../src/runtime/reentry/headers.ts'
import { unique } from '../../contracts/tools.ts'
import { clientOf, type MovesWorld, movesWorld, source, sourceTime } from './moves-world.ts'

export function redriveContract(
  name: string,
  start: () => Promise<{ brokers: string; stop(): Promise<unknown> }>,
): void {
  describe(`a redrive, ${name}`, () => {
    let broker: Awaited<ReturnType<typeof start>>
    let kafka: Kafka
    beforeAll(async () => {
      broker = await start()
      kafka = await clientOf(broker.brokers)
    })
    afterAll(async () => {
      await kafka?.close()
      await broker?.stop()
    })
    const world = (policy?: 'park'): Promise<MovesWorld> => movesWorld(kafka, unique('app'), policy)

    test('brings records back as they were, marks the letters, and a second finds nothing', async () => {
      const { put, queue, description, read, redrive: target, marks, app } = await world()
      const author = { name: 'traceparent', value: Buffer.from('00-1') }
      await put([
        {
          key: 'ada',
          value: '{"a":1}',
          offset: 7,
          headers: [author, { name: '__millrace.reentry.job', value: Buffer.from('forged') }],
        },
        { key: null, value: '', partition: 1, offset: 9 },
      ])
      const plan = await planRedrive(kafka, { queue, description })
      expect(plan).toMatchObject({ selected: 2, targets: { [target]: 2 }, passedOver: [] })
      expect(plan.groups).toMatchObject([{ node: 'score', stage: 'process', count: 2 }])
      expect(await read(target)).toEqual([])

      const result = await redrive(kafka, { queue, description, who: 'ada@desk' })
      expect(result).toMatchObject({ state: 'done', selected: 2, moved: 2, passedOver: [], isUnfinished: false })
      const records = (await read(target)).sort((one, other) => one.partition - other.partition)
      expect(
        records.map(({ key, value, partition, timestamp }) => ({
          key: key?.toString(),
          value: value?.toString(),
          partition,
          timestamp,
        })),
      ).toEqual([
        { key: 'ada', value: '{"a":1}', partition: 0, timestamp: sourceTime + 7 },
        { key: undefined, value: '', partition: 1, timestamp: sourceTime + 9 },
      ])
      expect(records[0]!.headers.filter(({ name: each }) => !each.startsWith('__millrace.reentry.'))).toEqual([author])
      expect(reentryOf(records[0]!.headers)).toEqual({
        ...{ topic: source, partition: 0, offset: 7, timestampType: 'CreateTime', attempts: 1 },
        ...{ firstFailedAt: sourceTime + 1_000, hops: 0, dueAt: 0, redriveCount: 1, job: result.job },
      })
      expect(Object.fromEntries(await marks())).toMatchObject({
        '0/0': { state: 'redriven', job: result.job, who: 'ada@desk' },
        '1/0': { state: 'redriven' },
      })
      expect(await redrive(kafka, { queue, description })).toMatchObject({ selected: 0, moved: 0 })
      expect(await read(target)).toHaveLength(2)
      const audit = await readAudit(kafka, app)
      expect(audit.map(({ who, action }) => [who, action]).slice(0, 2)).toEqual([
        ['ada@desk', 'redrive.start'],
        ['ada@desk', 'redrive.end'],
      ])
      expect(audit[0]!.detail).toMatchObject({ queue, selected: 2, targets: { [target]: 2 } })
    })

    test('a header that names another target moves nothing there, nor anywhere', async () => {
      const { put, queue, description, read, redrive: target, marks } = await world()
      await put([
        { offset: 1, more: { '__streams.errors.topic': 'payments' } },
        { offset: 2, more: { '__streams.errors.partition': '77' } },
        { offset: 3 },
        { offset: 4, more: { '__millrace.dlq.redrive.count': '3' } },
      ])
      const result = await redrive(kafka, { queue, description })
      expect(result).toMatchObject({ selected: 1, moved: 1 })
      expect(result.passedOver).toMatchObject([
        { offset: 0, reason: 'suspicious', note: 'its headers name payments, no source of this queue' },
        { offset: 1, reason: 'suspicious' },
        { offset: 3, reason: 'redrive-cap' },
      ])
      expect((await read(target)).map(({ value }) => value?.toString())).toEqual(['value 3'])
      expect([...(await marks()).keys()]).toEqual(['0/2'])
    })

    test('stopped and gone on with, in another process too: each letter once', async () => {
      const { put, queue, description, redriven, app } = await world()
      const count = 2_000
      await put(
        Array.from({ length: count }, (_, offset) => ({ key: `k${offset % 50}`, offset, partition: offset % 2 })),
      )
      const stopping = new AbortController()
      const first = await redrive(kafka, {
        ...{ queue, description, signal: stopping.signal },
        onProgress: ({ moved }) => moved >= 500 && stopping.abort(),
      })
      expect(first).toMatchObject({ state: 'stopped', selected: count })
      expect(first.moved).toBeLessThan(count)
      await put([{ offset: 9_999 }])
      await expect(redrive(kafka, { queue, description })).rejects.toMatchObject({
        code: 'MR4412',
        message: `The redrive ${first.job} of this queue has not ended`,
      })
      const other = await clientOf(broker.brokers)
      const second = await resumeRedrive(other, first.job, { description }).finally(() => other.close())
      expect(second).toMatchObject({ state: 'done', moved: count })
      expect((await redriven()).sort((one, another) => one - another)).toEqual(
        Array.from({ length: count }, (_, offset) => offset),
      )
      expect(await redriveJobs(kafka, app)).toMatchObject([{ id: first.job, state: 'done', moved: count }])
      await expect(resumeRedrive(kafka, first.job, { description })).rejects.toMatchObject({ code: 'MR4413' })
    })

    test('a cancel from another process is heard between two transactions', async () => {
      const { put, queue, description, redriven } = await world()
      await put(Array.from({ length: 400 }, (_, offset) => ({ offset })))
      const started = Promise.withResolvers<string>()
      const running = redrive(kafka, { queue, description, rate: 40, onProgress: ({ job }) => started.resolve(job) })
      const other = await clientOf(broker.brokers)
      const job = await started.promise
      expect(await cancelRedrive(other, job).finally(() => other.close())).toMatchObject({
        id: job,
        state: 'cancelled',
      })
      const result = await running
      expect(result.state).toBe('cancelled')
      expect(await redriven()).toEqual(Array.from({ length: result.moved }, (_, offset) => offset))
      await expect(cancelRedrive(kafka, job)).rejects.toMatchObject({ code: 'MR4413' })
    })

    test('who cancels without patience takes the job away in the middle of a transaction', async () => {
      const { put, queue, description, redriven } = await world()
      await put(Array.from({ length: 3_000 }, (_, offset) => ({ offset })))
      const started = Promise.withResolvers<string>()
      const running = redrive(kafka, { queue, description, rate: 400, onProgress: ({ job }) => started.resolve(job) })
      const job = await started.promise
      const status = await cancelRedrive(kafka, job, { patience: { milliseconds: 0 } })
      expect(status).toMatchObject({ state: 'cancelled' })
      expect(await running).toMatchObject({ job, state: 'cancelled' })
      const { moved } = (await redriveJobs(kafka, queue.split('.')[0]!))[0]!
      expect(await redriven()).toEqual(Array.from({ length: moved }, (_, offset) => offset))
    })

    test('who goes on with a job that still runs takes it away from there', async () => {
      const { put, queue, description, redriven } = await world()
      await put(Array.from({ length: 120 }, (_, offset) => ({ offset })))
      const started = Promise.withResolvers<string>()
      const running = redrive(kafka, { queue, description, rate: 40, onProgress: ({ job }) => started.resolve(job) })
      const lost = expect(running).rejects.toMatchObject({ code: 'MR4412' })
      const stopping = new AbortController()
      const other = await clientOf(broker.brokers)
      const job = await started.promise
      const taken = resumeRedrive(other, job, { description, signal: stopping.signal }).finally(() => other.close())
      await lost
      await taken
      expect(await redriven()).toEqual(Array.from({ length: 120 }, (_, offset) => offset))
    })

    test('parked letters come back in the order in which they were first read', async () => {
      const { put, queue, description, redriven } = await world('park')
      const parked = { '__millrace.dlq.parked.behind': `${source}/0/1` }
      await put([
        { key: 'a', offset: 1 },
        { key: 'b', offset: 2, more: parked },
        { key: 'a', offset: 8, more: parked },
        { key: 'a', offset: 4, more: parked },
        { key: 'b', offset: 0, more: { '__millrace.dlq.redrive.count': '1' } },
      ])
      const result = await redrive(kafka, { queue, description, patience: { milliseconds: 10 } })
      expect(result).toMatchObject({ state: 'done', moved: 5, isUnfinished: true })
      expect(await redriven()).toEqual([1, 0, 4, 8, 2])
    })
  })
}
