/** Kafka Streams 4.1, set up as its users would for throughput, exactly once. */
import { join } from 'node:path'
import { streamsJars } from '../../../scripts/kafka.ts'
import { classFolder, compileOnce } from '../classes.ts'
import { type PeerCommand, wordsOf } from '../peer.ts'

/** It lacks dedupe and top N; distinct folds would be user code. */
const works: readonly string[] = [
  'map',
  'windowed-count-final',
  'windowed-count-updates',
  ...['q0', 'q1', 'q2', 'q3', 'q5', 'q8', 'q11', 'q13', 'q17', 'q20'],
  'restore',
  'latency',
]

function sources() {
  return { folder: import.meta.dirname, libraries: join(streamsJars(), '*') }
}

/** Started by the bench. @example await kafkaStreams.prepare(); kafkaStreams.command(request).program // 'java' */
export const kafkaStreams: PeerCommand = {
  name: 'kafka-streams',
  version: '4.1.0',
  works,
  threads: [2, 1],
  settings:
    'exactly_once_v2, commits every 100 ms, linger 100 ms, batches of 256 KiB, cache of 10 MB, heap of 1 GB; stores ' +
    'in memory, which here took 0.8 to 0.9 of the CPU time that RocksDB did; ' +
    'JSON by Jackson into classes of the fields that are read',
  async prepare() {
    compileOnce(sources())
  },
  command(request) {
    const { libraries } = sources()
    const classPath = `${libraries}:${classFolder(sources())}`
    return {
      program: 'java',
      arguments: ['-Xmx1g', '-cp', classPath, 'Main', ...wordsOf(request), '--state', 'memory'],
    }
  },
}
