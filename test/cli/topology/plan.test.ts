/** `millrace topology plan`: before anything runs, after a run, and for a file that changed. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedBroker, startBroker } from '../../../src/broker/index.ts'
import { type Ended, fixture, millrace } from '../command.ts'

let broker: EmbeddedBroker
let environment: Record<string, string>

beforeAll(async () => {
  broker = await startBroker()
  environment = { KAFKA_BROKERS: broker.address }
  await millrace(['topics', 'create', 'words', 'counts'], environment)
})
afterAll(() => broker.close())

function plan(file: string, ...flags: string[]): Promise<Ended> {
  return millrace(['topology', 'plan', fixture(file), ...flags], environment)
}

test('a plan before, after, and for what has changed since', async () => {
  const before = await plan('counts.ts', '--json', '--gate')
  expect(before.code).toBe(0)
  expect(JSON.parse(before.stdout)).toMatchObject({ topology: 'counted', deployed: false, replay: false })
  expect((await plan('counts.ts')).stdout).toContain('nothing is deployed under this name')

  const run = await millrace(['run', fixture('counts.ts'), '--until', 'end'], environment)
  expect(run).toMatchObject({ code: 0 })
  const same = await plan('counts.ts', '--json', '--gate')
  expect(same.code).toBe(0)
  const { deployed, replay, changes } = JSON.parse(same.stdout) as Record<string, unknown> & { changes: object[] }
  expect({ deployed, replay }).toEqual({ deployed: true, replay: false })
  expect(changes).toContainEqual({ subject: 'store', name: 'per-window', effect: 'kept', note: '' })

  const changed = await plan('counts-by-the-hour.ts', '--gate')
  expect(changed.code).toBe(6)
  expect(changed.stdout).toMatch(/^ {2}! store +per-window {2}rebuilt: .*windows was .*is /m)
  expect(changed.stdout).toContain('The input must be replayed')
})
