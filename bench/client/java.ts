/** The Java client, by Kafka's own performance tools; transactions by a program of ours, for which there is no tool. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { kafkaJars } from '../../scripts/kafka.ts'
import { rssHighWaterMark } from '../../scripts/tools/memory.ts'
import { systemClock } from '../../scripts/tools/world.ts'
import {
  type Assignment,
  type ClientWork,
  type Report,
  recordBytes,
  recordsPerPartition,
  transactionPartitions,
} from './report.ts'

/** What the program's output says. */
type Said = Pick<Report, 'seconds' | 'p50Ms' | 'p99Ms'>

interface JavaWork {
  words(assignment: Assignment): string[]
  read(output: string, assignment: Assignment): Said
}

const program = fileURLToPath(new URL('Transactions.java', import.meta.url))
const ticksPerSecond = 100
const samplingMilliseconds = 50

const works: Readonly<Record<ClientWork, JavaWork>> = {
  produce: {
    words: ({ brokers, topic, count }) => [
      'org.apache.kafka.tools.ProducerPerformance',
      ...['--topic', topic, '--num-records', String(count), '--record-size', String(recordBytes), '--throughput', '-1'],
      ...['--producer-props', `bootstrap.servers=${brokers}`, 'acks=all', 'batch.size=262144', 'linger.ms=5'],
      'buffer.memory=67108864',
    ],
    read(output, { count }) {
      const rate = numberIn(output, /, ([\d.]+) records\/sec[^\n]*95th/)
      return { seconds: count / rate, p50Ms: null, p99Ms: null }
    },
  },
  consume: {
    words: ({ brokers, topic, count }) => [
      'org.apache.kafka.tools.ConsumerPerformance',
      ...['--bootstrap-server', brokers, '--topic', topic, '--messages', String(count), '--timeout', '30000'],
      '--hide-header',
    ],
    // start, end, MB, MB/s, messages, messages/s, rebalance ms, fetch ms, fetch MB/s, fetch messages/s
    read(output, { count }) {
      const fields = output.trim().split('\n').at(-1)!.split(',')
      if (Number(fields[4]) < count) throw new Error(`the Java consumer read too little:\n${output}`)
      return { seconds: Number(fields[7]) / 1000, p50Ms: null, p99Ms: null }
    },
  },
  transaction: {
    words: ({ brokers, topic, count }) => [
      program,
      ...[brokers, topic, count, transactionPartitions, recordsPerPartition, recordBytes].map(String),
    ],
    read: (output) => ({
      seconds: numberIn(output, /seconds ([\d.]+)/),
      p50Ms: numberIn(output, /p50 ([\d.]+)/),
      p99Ms: numberIn(output, /p99 ([\d.]+)/),
    }),
  },
}

/** @throws Error with the end of its output when the program fails */
export async function runJava(assignment: Assignment): Promise<Report> {
  const work = works[assignment.work]
  const { output, cpuSeconds, peakRssBytes } = await runSampled(work.words(assignment))
  return { count: assignment.count, ...work.read(output, assignment), cpuSeconds, peakRssBytes }
}

interface Sampled {
  readonly output: string
  readonly cpuSeconds: number
  readonly peakRssBytes: number
}

/** What a process used is gone with it, so it is asked for as long as it lives. */
function runSampled(words: readonly string[]): Promise<Sampled> {
  return new Promise((resolve, reject) => {
    let cpuSeconds = 0
    let peakRssBytes = 0
    const java = execFile(
      'java',
      ['-Xmx512m', '-cp', join(kafkaJars(), '*'), ...words],
      { timeout: 300_000, killSignal: 'SIGKILL', maxBuffer: 64 * 1024 * 1024 },
      (error, output, complaints) => {
        sampling.cancel()
        if (error === null) resolve({ output, cpuSeconds, peakRssBytes })
        else
          reject(new Error(`java ${words[0]} failed: ${error.message}\n${output.slice(-500)}${complaints.slice(-500)}`))
      },
    )
    const sample = (): void => {
      cpuSeconds = Math.max(cpuSeconds, cpuSecondsOf(java.pid!))
      peakRssBytes = Math.max(peakRssBytes, rssHighWaterMark(java.pid!))
      sampling = systemClock.after(samplingMilliseconds, sample)
    }
    let sampling = systemClock.after(samplingMilliseconds, sample)
  })
}

/** User and system time so far; 0 for a process that is gone. */
function cpuSecondsOf(pid: number): number {
  try {
    // The name of the process, in brackets, may hold spaces; utime and stime are the 14th and 15th field.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
  } catch {
    return 0
  }
}

function numberIn(output: string, pattern: RegExp): number {
  const found = Number(pattern.exec(output)?.[1])
  if (Number.isFinite(found)) return found
  throw new Error(`no figure in what the Java client said:\n${output.slice(-800)}`)
}
