/** Who did what, and what came of it: also of what failed. What only looks leaves nothing. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedBroker, faultActions, startBroker } from '../../../src/broker/index.ts'
import { readAudit } from '../../../src/dead-letters/audit.ts'
import { discardLetters } from '../../../src/dead-letters/changing/discard.ts'
import { editLetter } from '../../../src/dead-letters/changing/edit.ts'
import { importLetters } from '../../../src/dead-letters/changing/import.ts'
import { purgeLetters } from '../../../src/dead-letters/changing/purge.ts'
import { cancelRedrive } from '../../../src/dead-letters/moving/cancel.ts'
import { planRedrive, redrive, resumeRedrive } from '../../../src/dead-letters/moving/redrive.ts'
import { readLetters } from '../../../src/dead-letters/reading/read.ts'
import type { Kafka } from '../../../src/kafka/port.ts'
import { errorCode } from '../../../src/wire/errors.ts'
import { unique } from '../../contracts/tools.ts'
import { clientOf, type MovesWorld, movesWorld } from './moves-world.ts'

let broker: EmbeddedBroker
let kafka: Kafka

beforeAll(async () => {
  broker = await startBroker()
  kafka = await clientOf(broker.address)
})
afterAll(async () => {
  await kafka.close()
  await broker.close()
})

const world = (): Promise<MovesWorld> => movesWorld(kafka, unique('app'))

async function rows(app: string): Promise<[action: string, detail: Record<string, unknown>][]> {
  return (await readAudit(kafka, app)).map(({ action, detail }) => [action, detail])
}

/** As a process that died: its job is there, and nobody has it. */
async function stopped({ queue, description }: MovesWorld): Promise<string> {
  const stopping = new AbortController()
  const run = { signal: stopping.signal, onProgress: () => stopping.abort() }
  return (await redrive(kafka, { queue, description, rate: 4, ...run })).job
}

test('a dry run writes nothing, and makes no topic', async () => {
  const { app, put, queue, description } = await world()
  await put([{ offset: 1 }])
  await planRedrive(kafka, { queue, description })
  await purgeLetters(kafka, { queue, before: { partition: 0, offset: 1 }, dryRun: true })
  await discardLetters(kafka, { queue, filter: {}, dryRun: true, description })
  await importLetters(kafka, { queue, lines: [], dryRun: true })
  const own = await kafka.topics.describe([`${app}.audit`, `${app}.dlq-marks`])
  expect(own.map(({ exists }) => exists)).toEqual([false, false])
})

test('what is refused has a row', async () => {
  const made = await world()
  const { app, put, queue, description } = made
  await put([{ offset: 1 }, { offset: 2 }])
  const job = await stopped(made)
  const before = { partition: 0, offset: 1 }
  const filter = { key: 'k' }
  const refused = { code: 'MR4412' }
  await expect(redrive(kafka, { queue, description })).rejects.toMatchObject(refused)
  await expect(purgeLetters(kafka, { queue, before })).rejects.toMatchObject(refused)
  await expect(discardLetters(kafka, { queue, filter, description })).rejects.toMatchObject(refused)
  const edit = { queue, partition: 0, offset: 1, value: Buffer.from('secret') }
  await expect(editLetter(kafka, edit)).rejects.toMatchObject(refused)
  await expect(importLetters(kafka, { queue, lines: ['secret'] })).rejects.toMatchObject({ code: 'MR4416' })
  await resumeRedrive(kafka, job, { description })
  await expect(resumeRedrive(kafka, job, { description })).rejects.toMatchObject({ code: 'MR4413' })
  const found = await rows(app)
  expect(found.map(([action, { result, state, error }]) => [action, error ?? state ?? result])).toEqual([
    ['redrive.start', undefined],
    ['redrive.end', 'stopped'],
    ['redrive.start', 'MR4412'],
    ['purge', 'MR4412'],
    ['purge', 'MR4412'],
    ['edit', 'MR4412'],
    ['import', 'MR4416'],
    ['redrive.resume', undefined],
    ['redrive.end', 'done'],
    ['redrive.resume', 'MR4413'],
  ])
  expect(JSON.stringify(found)).not.toContain('secret')
})

test('a redrive that Kafka ends is told so, and a cancel of a dead one', async () => {
  const { app, put, queue, description } = await world()
  await put([{ offset: 1 }, { offset: 2 }])
  const fault = broker.faults.intercept(
    { api: 'Produce', transactionalId: `${app}-redrive-unscored-0` },
    faultActions.error(errorCode.TOPIC_AUTHORIZATION_FAILED),
  )
  await expect(redrive(kafka, { queue, description })).rejects.toMatchObject({ fault: 'fatal' })
  fault.remove()
  const [start, end] = await readAudit(kafka, app)
  expect(start).toMatchObject({ action: 'redrive.start', detail: { queue, selected: 2 } })
  expect(end).toMatchObject({ action: 'redrive.end', target: start!.target })
  expect(end!.detail).toEqual({ queue, moved: 0, state: 'failed', error: 'TOPIC_AUTHORIZATION_FAILED' })
  await cancelRedrive(kafka, start!.target, { patience: { milliseconds: 0 }, who: 'ada' })
  expect((await readAudit(kafka, app)).slice(2)).toMatchObject([
    { action: 'redrive.cancel', who: 'ada' },
    { action: 'redrive.end', who: 'ada', detail: { state: 'cancelled', moved: 0 } },
  ])
  await expect(cancelRedrive(kafka, start!.target)).rejects.toMatchObject({ code: 'MR4413' })
  expect((await rows(app)).at(-1)).toMatchObject(['redrive.cancel', { result: 'failed', error: 'MR4413' }])
})

test.each(['closeAfter', 'closeBefore', 'duplicate'] as const)(
  'answers to EndTxn that are lost (%s): each action is done once, and told once',
  async (kind) => {
    const { app, put, queue, description, marks } = await world()
    await put([0, 1, 2, 3].map((offset) => ({ offset, key: `k${offset}` })))
    const lost = () =>
      broker.faults.intercept({ api: 'EndTxn', transactionalId: `${app}-redrive-unscored-claim` }, faultActions[kind])
    const faults = [lost()]
    await editLetter(kafka, { queue, partition: 0, offset: 0, value: Buffer.from('new') })
    faults.push(lost())
    expect(await discardLetters(kafka, { queue, description, filter: { key: 'k1' } })).toMatchObject({ letters: 1 })
    faults.push(lost())
    const line = { partition: 1, timestamp: '0', key: null, value: null, headers: [] }
    await importLetters(kafka, { queue, lines: [JSON.stringify(line)] })
    faults.push(lost())
    expect(await purgeLetters(kafka, { queue, before: { partition: 0, offset: 1 } })).toMatchObject({ letters: 1 })
    for (const fault of faults) fault.remove()
    expect(faults.map(({ hits }) => hits)).toEqual([1, 1, 1, 1])
    const left: unknown[] = []
    for await (const { value } of readLetters(kafka, { queue, all: true })) left.push(value?.toString() ?? null)
    expect(left).toEqual(['value 1', 'value 2', 'value 3', 'new', null])
    expect([...(await marks())].map(([place, { state }]) => [place, state])).toEqual([
      ['0/0', 'edited'],
      ['0/1', 'discarded'],
    ])
    expect((await rows(app)).map(([action]) => action)).toEqual(['edit', 'purge', 'import', 'purge.start', 'purge'])
  },
)

test('whoever changes a queue is named otherwise than who moves letters of another', async () => {
  const { put, queue } = await world()
  await put([{ offset: 1 }])
  const ids: string[] = []
  const watched: Kafka = Object.create(kafka, {
    transactions: {
      value: (...given: Parameters<Kafka['transactions']>) => {
        ids.push(given[0])
        return kafka.transactions(...given)
      },
    },
  })
  await editLetter(watched, { queue, partition: 0, offset: 0, value: null })
  expect(ids.length).toBeGreaterThan(0)
  for (const id of ids) expect(id).not.toMatch(/-\d+$/)
})
