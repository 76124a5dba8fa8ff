/** `npm run kafka -- start|stop [--port N] [--data DIR] [--heap 1g]`: a broker that goes on until it is stopped. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { sleep, systemClock } from '../../src/clock.ts'
import { kafkaAvailable } from './available.ts'
import { startKafka } from './start.ts'

interface Note {
  readonly pid: number
  readonly port: number
}

interface Place {
  readonly port: number
  readonly data: string
  readonly heap: string
  /** A folder nobody asked for goes when the broker goes. */
  readonly temporary: boolean
}

const usage = 'usage: npm run kafka -- start|stop [--port 9092] [--data DIR] [--heap 1g]'
const stopTimeoutMilliseconds = 30_000

const verbs: Readonly<Record<string, (place: Place) => Promise<void>>> = { start, stop }

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string', default: '9092' },
      data: { type: 'string' },
      heap: { type: 'string', default: '1g' },
    },
  })
  const verb = verbs[positionals[0] ?? '']
  const port = Number(values.port)
  if (verb === undefined || positionals.length !== 1 || !(port > 0 && port < 65_536)) throw new Error(usage)
  const data = resolve(values.data ?? join(tmpdir(), `millrace-kafka-${port}`))
  await verb({ port, data, heap: values.heap, temporary: values.data === undefined })
}

async function start({ port, data, heap }: Place): Promise<void> {
  const missing = kafkaAvailable()
  if (missing !== null) throw new Error(`Apache Kafka cannot be started: ${missing}`)
  const running = readNote(data)
  if (running !== null && isOurs(running.pid, data))
    throw new Error(`It runs already: pid ${running.pid}, port ${running.port}`)
  const kafka = await startKafka({ port, data, heap, compile: 'full', forever: true })
  writeFileSync(noteIn(data), JSON.stringify({ pid: kafka.pid, port: kafka.port } satisfies Note))
  console.log(`Apache Kafka 4.1.0 listens on ${kafka.brokers}; pid ${kafka.pid}, data ${data}`)
}

async function stop({ data, temporary }: Place): Promise<void> {
  const note = readNote(data)
  if (note === null) throw new Error(`No broker was started with its data in ${data}`)
  const until = systemClock.monotonic() + stopTimeoutMilliseconds
  if (isOurs(note.pid, data)) process.kill(note.pid, 'SIGTERM')
  while (isOurs(note.pid, data)) {
    if (systemClock.monotonic() > until) process.kill(note.pid, 'SIGKILL')
    await sleep(systemClock, 100)
  }
  rmSync(temporary ? data : noteIn(data), { recursive: true, force: true })
  console.log(`Apache Kafka on port ${note.port} has stopped`)
}

function noteIn(data: string): string {
  return join(data, 'kafka.json')
}

function readNote(data: string): Note | null {
  return existsSync(noteIn(data)) ? (JSON.parse(readFileSync(noteIn(data), 'utf8')) as Note) : null
}

/** A pid may have been given to another process since: where the system lets us look, its command must name our file. */
function isOurs(pid: number, data: string): boolean {
  try {
    process.kill(pid, 0)
    if (!existsSync('/proc/self/cmdline')) return true
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(join(data, 'server.properties'))
  } catch {
    return false
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
