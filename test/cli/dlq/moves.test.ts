/** The way of an operator: a deploy that fails, letters, one edited, the rest redriven after the fix, none twice. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { committedRecords } from '../../../scripts/tools/committed.ts'
import { type EmbeddedBroker, startBroker } from '../../../src/broker/index.ts'
import { readAudit } from '../../../src/dead-letters/index.ts'
import type { Kafka } from '../../../src/kafka/port.ts'
import { BatchBuilder } from '../../../src/wire/batch.ts'
import { connected } from '../../contracts/tools.ts'
import { type Ended, fixture, millrace, start } from '../command.ts'

const queue = 'pricing.dlq.unpriced'
const file = fixture('priced.ts')
const directory = mkdtempSync(join(tmpdir(), 'dlq-moves-'))
let broker: EmbeddedBroker
let kafka: Kafka
let environment: Record<string, string>

beforeAll(async () => {
  broker = await startBroker()
  kafka = await connected(broker.address)
  environment = { KAFKA_BROKERS: broker.address }
  await millrace(['topics', 'create', 'sales', 'priced', '--partitions', '2'], environment)
  const producer = kafka.producer()
  for (const partition of [0, 1]) {
    const batch = new BatchBuilder()
    for (let sale = 0; sale < 10; sale++) {
      batch.append(1_000 + sale, `${partition}-${sale}`, JSON.stringify({ fruit: sale % 2 === 0 ? 'fig' : 'pear' }))
    }
    await producer.append({ topic: 'sales', partition }, batch)
  }
  await producer.close()
  expect(await millrace(['run', file, '--until', 'end'], environment)).toMatchObject({ code: 0 })
})
afterAll(async () => {
  await kafka.close()
  await broker.close()
  rmSync(directory, { recursive: true })
})

const dlq = (...words: string[]): Promise<Ended> => millrace(['dlq', ...words], environment)

async function json(...words: string[]): Promise<Record<string, unknown>> {
  const { stdout, stderr } = await dlq(...words, '--json')
  expect(stdout, stderr).not.toBe('')
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, unknown>
}

async function priced(): Promise<string[]> {
  const rows: string[] = []
  for await (const { key, value } of committedRecords(kafka, 'priced')) rows.push(`${key} ${value}`)
  return rows
}

test('from a bad deploy to the last letter', { timeout: 240_000 }, async () => {
  expect(await priced()).toHaveLength(10)
  const plan = await dlq('redrive', 'unpriced', '--dry-run')
  expect(plan).toMatchObject({ code: 0 })
  expect(plan.stdout).toMatch(/^would be moved +10 of pricing\.dlq\.unpriced$/m)
  expect(plan.stdout).toMatch(/^to pricing\.redrive\.sales +10$/m)
  expect(plan.stderr).toContain('Nothing was written.')

  const editor = join(directory, 'editor')
  writeFileSync(editor, '#!/bin/sh\nsed -i s/pear/plum/ "$1"\n')
  chmodSync(editor, 0o755)
  const edited = await start(['dlq', 'edit', queue, '0/0', '--topology', file, '--json', '--who', 'ada'], {
    ...environment,
    EDITOR: editor,
  }).ended
  expect(edited, edited.stderr).toMatchObject({ code: 0 })
  expect(JSON.parse(edited.stdout)).toMatchObject({ queue, from: '0/0' })

  const moved = await json('redrive', queue, '--yes', '--rate', '500/s', '--who', 'ada')
  expect(moved).toMatchObject({ dryRun: false, state: 'done', selected: 10, moved: 10, passedOver: [] })
  expect(await json('redrive', 'status', String(moved.job))).toMatchObject({ state: 'done', moved: 10, who: 'ada' })
  expect(await dlq('redrive', 'cancel', String(moved.job))).toMatchObject({ code: 3 })
  expect(await dlq('redrive', 'resume', `${queue}:aaaaaaaa`)).toMatchObject({ code: 3 })

  const run = await millrace(['run', file, '--until', 'end'], { ...environment, PRICES: 'known' })
  expect(run, run.stderr).toMatchObject({ code: 0 })
  const rows = await priced()
  expect(rows).toHaveLength(20)
  expect(new Set(rows.map((row) => row.split(' ')[0])).size).toBe(20)
  expect(rows.filter((row) => row.includes('plum'))).toHaveLength(1)
  expect(rows.filter((row) => row.includes('pear'))).toHaveLength(9)
  expect(await json('redrive', queue, '--yes')).toMatchObject({ selected: 0, moved: 0 })
})

test('a purge, an import, and what they refuse', { timeout: 240_000 }, async () => {
  expect(await dlq('purge', queue)).toMatchObject({ code: 2 })
  expect(await dlq('purge', queue, '--before', '-1s', '--node', 'x')).toMatchObject({ code: 2 })
  expect(await dlq('purge', queue, '--before', 'soon')).toMatchObject({ code: 2 })
  const lines = (await dlq('export', queue, '--all')).stdout
  expect(lines.trimEnd().split('\n')).toHaveLength(11)
  const imported = await start(['dlq', 'import', queue, '-', '--yes', '--json'], environment, lines).ended
  expect(JSON.parse(imported.stdout)).toMatchObject({ letters: 11, families: { millrace: 11 }, dryRun: false })
  const letters = join(directory, 'letters.ndjson')
  writeFileSync(letters, 'no letter\n')
  const refused = await dlq('import', queue, letters, '--dry-run')
  expect(refused).toMatchObject({ code: 2 })
  expect(refused.stderr).toContain('line 1: no JSON')
  expect(await json('purge', queue, '--before', '0/3', '--yes')).toMatchObject({ action: 'deleted' })
  expect(await json('purge', queue, '--stage', 'process', '--yes')).toMatchObject({ action: 'discarded', letters: 11 })
  const actions = (await readAudit(kafka, 'pricing')).map(({ action }) => action)
  expect(actions).toEqual([
    'edit',
    'redrive.start',
    'redrive.end',
    'redrive.cancel',
    'redrive.start',
    'redrive.end',
    'import',
    'purge.start',
    'purge',
    'purge',
  ])
})

test('Ctrl-C ends a redrive after the transaction in hand, and resume goes on', { timeout: 240_000 }, async () => {
  const exported = (await dlq('export', queue, '--all')).stdout.trimEnd().split('\n')
  const many = Array.from({ length: 200 }, () => exported[0]!).join('\n')
  expect(await start(['dlq', 'import', queue, '-', '--yes'], environment, many).ended).toMatchObject({ code: 0 })
  const running = start(['dlq', 'redrive', queue, '--yes', '--rate', '2/s', '--json'], environment)
  const moving = async (): Promise<number> => {
    const { stdout } = await dlq('redrive', 'status', queue, '--json')
    const { jobs } = JSON.parse(stdout) as { jobs: { state: string; moved: number }[] }
    return jobs.find(({ state }) => state === 'running')?.moved ?? 0
  }
  await expect.poll(moving, { timeout: 60_000 }).toBeGreaterThan(0)
  expect(await dlq('redrive', queue, '--yes')).toMatchObject({ code: 1 })
  running.kill('SIGINT')
  const stopped = await running.ended
  expect(stopped, stopped.stderr).toMatchObject({ code: 10 })
  const { job, moved } = JSON.parse(stopped.stdout) as { job: string; moved: number }
  expect(moved).toBeLessThan(200)
  const cancelled = await json('redrive', 'cancel', job)
  expect(cancelled).toMatchObject({ id: job, state: 'cancelled', moved })
  expect(await json('redrive', queue, '--yes')).toMatchObject({ state: 'done', moved: 200 - moved })
  expect(await json('redrive', 'resume', job)).toMatchObject({ job, state: 'done', moved, passedOver: [] })
})

test('targets that are none of the topology are refused', { timeout: 120_000 }, async () => {
  const refused = await dlq('redrive', queue, '--to', 'elsewhere', '--dry-run')
  expect(refused).toMatchObject({ code: 2 })
  expect(refused.stderr).toContain('MR4414')
  expect(await dlq('redrive', 'pricing.dlq.none', '--dry-run')).toMatchObject({ code: 3 })
})
