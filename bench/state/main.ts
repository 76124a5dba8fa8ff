/** `npm run bench -- state`: how fast state comes back from its changelog, and what memory it takes. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { kafkaAvailable, startKafka } from '../../scripts/kafka.ts'
import { BatchBuilder, connectTool, type Kafka } from '../../scripts/tools/client.ts'
import { startEmbedded } from '../../scripts/tools/embedded.ts'
import { recreateTopics } from '../../scripts/tools/topics.ts'
import { sleep, systemClock } from '../../scripts/tools/world.ts'
import { compile } from '../../src/index.ts'
import { type Row, unmeasured } from '../row.ts'
import { counted, counters, visits } from './topology.ts'
import type { Restored } from './worker.ts'

const stateWorks = ['restore', 'state'] as const
export const stateUsage = `npm run bench -- state [restore] [--rows N] [--broker kafka|embedded] [--json]

  restore   a changelog of N rows read back into memory, into LMDB, and by a restart that finds its LMDB there
  state     the memory of a process that holds N windowed counters
  --rows    default 1000000`

interface StateOptions {
  readonly works: readonly string[]
  readonly rows: number
  readonly broker: string
  readonly json: boolean
}

const workerFile = fileURLToPath(new URL('./worker.ts', import.meta.url))
const forever = { 'retention.ms': '-1', 'message.timestamp.type': 'CreateTime' }
const batchBytes = 256 * 1024
const day = Date.UTC(2026, 0, 1)
const bytesPerMegabyte = 1_048_576

/** @throws Error with a sentence for the user when a word is not understood */
export function parseStateArguments(words: readonly string[]): StateOptions {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      rows: { type: 'string', default: '1000000' },
      broker: { type: 'string', default: 'kafka' },
      json: { type: 'boolean', default: false },
    },
  })
  const wrong = positionals.find((name) => !stateWorks.some((work) => work === name))
  if (wrong !== undefined) throw new Error(`There is no work "${wrong}" beside restore and state`)
  const rows = Number(values.rows)
  if (!Number.isSafeInteger(rows) || rows < 1) throw new Error(`--rows cannot be "${values.rows}"`)
  return { works: positionals, rows, broker: values.broker, json: values.json }
}

/** A row per work and place; the rows that were restored are counted, so that a wrong result is no row. */
export async function benchState(options: StateOptions, version: string): Promise<Row[]> {
  const lacking = options.broker === 'kafka' ? kafkaAvailable() : null
  if (lacking !== null) throw new Error(`Apache Kafka cannot be started: ${lacking}. Try --broker embedded`)
  const broker = options.broker === 'kafka' ? await startKafka({ heap: '1g', compile: 'full' }) : await startEmbedded()
  const directory = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  const kafka = await connectTool(broker.brokers, 'bench-state')
  try {
    const measured = await measureAll(kafka, broker.brokers, options.rows, directory)
    const name = options.broker === 'kafka' ? 'kafka 4.1.0' : 'embedded'
    return measured.flatMap(({ variant, restored }) => rowsOf(options, variant, restored, { version, broker: name }))
  } finally {
    await kafka.close()
    await broker.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

interface Measured {
  readonly variant: 'memory' | 'lmdb' | 'lmdb, restarted'
  readonly restored: Restored
}

async function measureAll(kafka: Kafka, brokers: string, rows: number, directory: string): Promise<Measured[]> {
  await fillVisits(kafka, rows)
  const kept = join(directory, 'kept')
  await countVisits(kafka, brokers, kept, rows)
  const restarted = await restoreVisits(brokers, kept)
  const memory = await restoreVisits(brokers, 'memory')
  const lmdb = await restoreVisits(brokers, join(directory, 'empty'))
  for (const { rows: found } of [memory, lmdb]) {
    // With a few of the task's progress.
    if (found < rows || found > rows * 1.01 + 100)
      throw new Error(`${found} rows were restored, the changelog has ${rows}`)
  }
  if (restarted.rows > rows / 100 + 100)
    throw new Error(`The restart read ${restarted.rows} rows again, not the tail only`)
  return [
    { variant: 'memory', restored: memory },
    { variant: 'lmdb', restored: lmdb },
    { variant: 'lmdb, restarted', restored: restarted },
  ]
}

/** As many records as rows, each of a key of its own. */
export async function fillVisits(kafka: Kafka, rows: number): Promise<void> {
  const internal = compile(counted).internal.map(({ name }) => name)
  const specs = [visits, counters].map(({ name }) => ({ name, partitions: 1, configs: forever }))
  await recreateTopics(kafka, [...specs.map(({ name }) => name), ...internal], specs)
  const producer = kafka.producer({ maxBufferedBytes: 16 * batchBytes })
  const batch = new BatchBuilder(batchBytes)
  const sent: Promise<unknown>[] = []
  for (let row = 0; row < rows; row++) {
    batch.append(day + (row % 1000), `visitor-${row}`, 'x')
    if (batch.sizeInBytes < batchBytes && row < rows - 1) continue
    sent.push(producer.append({ topic: visits.name, partition: 0 }, batch))
    await producer.room()
  }
  await Promise.all(sent)
  await producer.close()
}

/** Works through the input with its state in `directory`, and stops cleanly. */
export async function countVisits(kafka: Kafka, brokers: string, directory: string, records: number): Promise<void> {
  const worker = start(brokers, directory)
  const position = async (): Promise<number> => {
    const [at] = await kafka.positions(counted.name, [{ topic: visits.name, partition: 0 }])
    return at!.offset
  }
  while ((await position()) < records) {
    if (worker.exitCode !== null) throw new Error(`The worker ended with ${worker.exitCode}`)
    await sleep(systemClock, 200)
  }
  await end(worker)
}

export async function restoreVisits(brokers: string, state: string): Promise<Restored> {
  const worker = start(brokers, state)
  const lines = createInterface({ input: worker.stdout! })
  const [line] = await Promise.race([once(lines, 'line'), once(worker, 'exit')])
  if (typeof line !== 'string') throw new Error(`The worker ended with ${line} before its state was back`)
  await end(worker)
  return JSON.parse(line) as Restored
}

function start(brokers: string, state: string): ChildProcess {
  const child = spawn(process.execPath, ['--expose-gc', workerFile, brokers, state], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  process.once('exit', () => child.kill('SIGKILL'))
  return child
}

async function end(worker: ChildProcess): Promise<void> {
  const exited = once(worker, 'exit')
  worker.kill('SIGTERM')
  const [code] = await exited
  if (code !== 0) throw new Error(`The worker ended with ${code}`)
}

function rowsOf(
  { works, rows }: StateOptions,
  variant: Measured['variant'],
  { milliseconds, rssBytes, rows: restored }: Restored,
  where: Pick<Row, 'version' | 'broker'>,
): Row[] {
  const common = { ...where, variant, system: 'millrace', threads: 1, cpuSecondsPerMillion: 0, ...unmeasured }
  const memory = { peakRssMb: Math.round(rssBytes / bytesPerMegabyte) }
  const speed = {
    records: restored,
    recordsPerSecond: Math.round((restored * 1000) / milliseconds),
    p50Ms: Math.round(milliseconds),
  }
  const restoring = works.includes('restore') ? [{ ...common, ...memory, ...speed, work: 'restore' }] : []
  const holding = works.includes('state')
    ? [{ ...common, ...memory, work: 'state', records: rows, recordsPerSecond: 0 }]
    : []
  return [...restoring, ...holding]
}
