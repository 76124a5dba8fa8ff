/** The verifier on outputs that are right, and on the same ones with a record dropped, doubled, or the tail cut off. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectTool, type Kafka } from '../../scripts/tools/client.ts'
import { committedRecords } from '../../scripts/tools/committed.ts'
import { type EmbeddedBroker, startBroker } from '../../src/broker/index.ts'
import { run } from '../../src/index.ts'
import { type DoctoredTopic, doctor } from '../soak/doctor.ts'
import { dumpName } from '../soak/dump.ts'
import { fill, fillOwners } from '../soak/fill.ts'
import { createTopics } from '../soak/run.ts'
import { soak, totals } from '../soak/topology.ts'
import type { Verdict } from '../soak/verdict.ts'
import { type OutputRole, topicOf, Verifier } from '../soak/verify.ts'
import { lackingFor } from './lacking.ts'

const records = 4_000
/** A Java machine is started for each. */
const timeoutMilliseconds = 150_000
const roles: readonly OutputRole[] = ['copies', 'joined', 'windows', 'sessions', 'dead']
const lacking = lackingFor("the soak's verifier")

describe.skipIf(lacking !== null)('the verifier of the soak', () => {
  let broker: EmbeddedBroker
  let kafka: Kafka
  let folder: string
  let verifier: Verifier
  let witness: Readonly<Record<string, string>>
  let doctored: readonly DoctoredTopic[]

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-doctored-'))
    verifier = new Verifier(folder)
    broker = await startBroker({ markerDelay: { minimum: 0, maximum: 2 } })
    kafka = await connectTool(broker.address, 'doctored')
    await Promise.all([verifier.prepare(), createTopics(kafka)])
    await fillOwners(kafka)
    await fill(kafka, records, () => records).done
    const reading = verifier.startWitness(broker.address)
    await run(soak, { brokers: [broker.address], until: 'end' })
    witness = await reading.end()
    await writeLastTotals()
    doctored = (await Promise.all(roles.map((role) => doctor(kafka, role, topicOf(role))))).flat()
  })
  afterAll(async () => {
    await kafka?.close()
    await broker?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** In the place of what a worker would answer: here none is left to ask. */
  async function writeLastTotals(): Promise<void> {
    const last = new Map<string, unknown>()
    for await (const { key, value } of committedRecords(kafka, totals.name))
      last.set(String(key), JSON.parse(String(value)))
    const lines = [...last].map(([key, value]) => JSON.stringify({ key, value }))
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, dumpName), `${lines.join('\n')}\n`)
  }

  function failed({ steps }: Verdict): number[] {
    return steps.flatMap(({ passed }, index) => (passed ? [] : [index + 1]))
  }

  test(
    'passes outputs that are right, and rejects each doctored copy by its role alone',
    async () => {
      const verdict = await verifier.judge({ brokers: broker.address, records, witness, doctored })
      expect(verdict.steps.flatMap(({ complaints }) => complaints)).toEqual([])
      expect([verdict.lost, verdict.doubled]).toEqual([0, 0])
      expect(verdict.found).toMatchObject({ copies: records - verdict.found.poison!, poison: expect.any(Number) })
      expect(verdict.found.poison).toBeGreaterThan(0)
      expect(verdict.found.lateWindows).toBeGreaterThan(0)
      expect(verdict.doctored).toHaveLength(4 * roles.length)
      expect(verdict.doctored.filter(({ isWrong, rejected }) => isWrong !== rejected)).toEqual([])
    },
    timeoutMilliseconds,
  )

  test(
    'the verdict on a whole soak with a record dropped here, one doubled there',
    async () => {
      const instead = { copies: `${topicOf('copies')}-dropped`, joined: `${topicOf('joined')}-doubled` }
      const verdict = await verifier.judge({ brokers: broker.address, records, witness, doctored: [], instead })
      expect(failed(verdict)).toEqual(expect.arrayContaining([3, 4, 10]))
      expect(verdict).toMatchObject({ lost: 1, doubled: 1 })
    },
    timeoutMilliseconds,
  )
})
