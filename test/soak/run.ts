/** One soak: input and faults side by side, then the workers come to their end and their state is written down. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Kafka } from '../../scripts/tools/client.ts'
import { recreateTopics } from '../../scripts/tools/topics.ts'
import { randomName, systemClock, systemRandom } from '../../scripts/tools/world.ts'
import { compile, connectKafka } from '../../src/index.ts'
import { Crew } from '../drills/crew.ts'
import type { Ground } from './brokers.ts'
import { doctoredNames } from './doctor.ts'
import { dumpName, dumpTotals } from './dump.ts'
import { bring, type Felt, sessionTimeoutSeconds } from './faults.ts'
import { type Filling, fill, fillOwners } from './fill.ts'
import { type Counts, countsOf, Journals, journalFolder } from './journals.ts'
import { allowedRecords, Spans } from './pace.ts'
import { planFor, scheduleOf } from './schedule.ts'
import * as topology from './topology.ts'
import { Watch } from './watch.ts'

export interface SoakRun {
  readonly felt: readonly Felt[]
  readonly kills: number
  readonly killsInTransaction: number
  /** Records that no commit had covered when the last fault was over. */
  readonly leftOver: number
  readonly counts: Counts
  readonly mayRestartBroker: boolean
  /** From the first worker's start to the last one's end. */
  readonly seconds: number
}

export interface SoakTerms {
  readonly ground: Ground
  readonly kafka: Kafka
  readonly records: number
  readonly kills: number
  /** For journals. */
  readonly folder: string
  readonly say: (remark: string) => void
}

const instances = ['a', 'b', 'c']
const file = fileURLToPath(new URL('./topology.ts', import.meta.url))
const journal = new URL('./journal.ts', import.meta.url).href
/** Long enough that a worker is nearly always within a transaction. */
const commitInterval = '400ms'

/** Made anew: what an earlier soak left on the same cluster must not be found by this one. */
export async function createTopics(kafka: Kafka): Promise<void> {
  // The records are of 2023: without this Kafka deletes them, and what is made of them, meanwhile.
  const configs = { 'retention.ms': '-1', 'message.timestamp.type': 'CreateTime' }
  const { left, right, copies, joined, totals, windows, sessions, lateForWindows, lateForSessions, owners } = topology
  const plain = [left, right, copies, joined, totals, windows, sessions, lateForWindows, lateForSessions]
  const specs = [
    ...plain.map(({ name }) => ({ name, partitions: topology.partitions, configs })),
    { name: owners.name, partitions: topology.partitions, configs: { ...configs, 'cleanup.policy': 'compact' } },
  ]
  const old = [...specs.map(({ name }) => name), ...compile(topology.soak).internal.map(({ name }) => name)]
  await recreateTopics(kafka, [...old, ...old.flatMap(doctoredNames)], specs)
}

export async function soak(terms: SoakTerms): Promise<SoakRun> {
  const { ground, records, say } = terms
  const begun = systemClock.monotonic()
  const journals = new Journals(join(terms.folder, 'journals'))
  mkdirSync(journals.folder, { recursive: true })
  const kafka = await connectPatiently(ground.brokers)
  await fillOwners(kafka)
  const crew = crewOf(ground.brokers, terms.folder)
  crew.start()
  const schedule = scheduleOf(planFor(terms.kills, ground.restart !== null))
  let isOver = false
  const spans = new Spans(() => systemClock.monotonic())
  const pace = { records, faults: schedule.length }
  const filling = fill(kafka, records, () => (isOver ? records : allowedRecords(pace, spans.all)))
  const check = (): void => {
    crew.check()
    filling.check()
  }
  const watch = new Watch(kafka)
  const felt = await bring(
    { kafka, ground, crew, instances, journals, watch, check, ended: () => spans.next(), say },
    schedule,
  )
  const leftOver = records - (await watch.taken())
  isOver = true
  await finish(terms, { kafka, crew, filling })
  const { kills, killsInTransaction } = crew
  const seconds = Math.round((systemClock.monotonic() - begun) / 1_000)
  const counts = countsOf(journals.all())
  return { felt, kills, killsInTransaction, leftOver, counts, mayRestartBroker: ground.restart !== null, seconds }
}

/** The input must outlive a broker that takes its time to come back. */
async function connectPatiently(brokers: string): Promise<Kafka> {
  const config = { brokers: brokers.split(','), clientId: 'soak', requestTimeout: 120_000 }
  const kafka = connectKafka(config, { clock: systemClock, random: systemRandom })
  await kafka.connect()
  return kafka
}

function crewOf(brokers: string, folder: string): Crew {
  const environment = {
    [journalFolder]: join(folder, 'journals'),
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import ${journal}`,
    MILLRACE_COMMIT_INTERVAL: commitInterval,
    MILLRACE_SESSION_TIMEOUT: `${sessionTimeoutSeconds}s`,
  }
  // One of them keeps its state on the disk: killed like the others, it must find it whole or not believe it.
  const words = (instance: string): readonly string[] => [
    '--queries',
    '0',
    ...(instance === 'c' ? ['--state', join(folder, 'state')] : []),
  ]
  return new Crew({ file, app: topology.app, brokers, instances, environment, words })
}

interface Ending {
  readonly kafka: Kafka
  readonly crew: Crew
  readonly filling: Filling
}

/** All input is worked, the state is asked for, then the workers run to the end of the input, where windows close. */
async function finish({ ground, records, folder, say }: SoakTerms, { kafka, crew, filling }: Ending): Promise<void> {
  await filling.done
  say('the faults are over, all records are in')
  await dumpTotals(ground.brokers, records, join(folder, dumpName), () => crew.check())
  await crew.stop()
  crew.start(`soak-${randomName(systemRandom)}`)
  await crew.finished()
  await kafka.close()
  say('the workers are through')
}
