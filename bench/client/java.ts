/** The Java client, by Kafka's own performance tools; transactions by a program of ours, for which there is no tool. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { kafkaJars } from '../../scripts/kafka.ts'
import { startProgram } from '../process.ts'
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
const timeoutMilliseconds = 300_000

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
  const words = ['-Xmx512m', '-cp', join(kafkaJars(), '*'), ...work.words(assignment)]
  const ended = await startProgram({ program: 'java', arguments: words }, timeoutMilliseconds).ended
  const { code, signal, stdout, stderr, cpuSeconds, peakRssBytes } = ended
  if (code !== 0)
    throw new Error(`java ${words[3]} failed with ${signal ?? code}\n${stdout.slice(-500)}${stderr.slice(-500)}`)
  return { count: assignment.count, ...work.read(stdout, assignment), cpuSeconds, peakRssBytes }
}

function numberIn(output: string, pattern: RegExp): number {
  const found = Number(pattern.exec(output)?.[1])
  if (Number.isFinite(found)) return found
  throw new Error(`no figure in what the Java client said:\n${output.slice(-800)}`)
}
