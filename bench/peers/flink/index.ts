/** Flink 2 as its users would set it up for throughput, exactly once: a local cluster in one JVM, works by SQL. */
import { join } from 'node:path'
import { specifications } from '../../nexmark/specification.ts'
import { classFolder, compileOnce } from '../classes.ts'
import { type PeerCommand, type PeerRequest, wordsOf } from '../peer.ts'
import { fetchFlink, flinkLibraries } from './jars.ts'

/** Where state is, in words. */
const places = { heap: 'the heap', rocksdb: 'RocksDB with 512 MB of its own' } as const
type State = keyof typeof places

/**
 * By the DataStream API, where it is the faster one. `windowed-count-final` is written so too, but isn't faster: SQL
 * counts before it sends rows from task to task.
 */
const streamed: readonly string[] = ['map']

const works = Object.keys(specifications) as readonly (keyof typeof specifications)[]
/** Kryo and Flink's own closure cleaner look into Java's classes. */
const opened = ['java.lang', 'java.util', 'java.time'].map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`)
/** A state that outgrows the heap ends the turn at once. */
const limits = ['-Xmx1g', '-XX:+ExitOnOutOfMemoryError']
const sources = { folder: import.meta.dirname, libraries: flinkLibraries } as const

/** Started by the bench. @example await flink.prepare(); flink.command(request).program // 'java' */
export const flink: PeerCommand = peer('flink', 'heap')

/** The same with its state in RocksDB. @example flinkRocksdb.name // 'flink-rocksdb' */
export const flinkRocksdb: PeerCommand = peer('flink-rocksdb', 'rocksdb')

function peer(name: string, state: State): PeerCommand {
  return {
    name,
    version: '2.2.0',
    works,
    threads: [2, 1],
    settings:
      `SQL (${streamed.join(' and ')}: DataStream API with Jackson), exactly-once sink, checkpoints every second, ` +
      `state in ${places[state]}, linger 100 ms, batches of 256 KiB, mini-batches of 1 s, objects reused, ` +
      'tables of only the columns that are read, heap of 1 GB',
    async prepare() {
      fetchFlink()
      compileOnce(sources)
    },
    command: (request) => ({ program: 'java', arguments: [...java(), ...wordsOf(request), ...ours(request, state)] }),
  }
}

function java(): string[] {
  return [...limits, ...opened, '-cp', `${classFolder(sources)}:${flinkLibraries}`, 'Bench']
}

/** The work as Flink's program takes it: a query, what it reads, and what tells its rows apart. */
function ours({ work }: PeerRequest, state: State): string[] {
  if (streamed.includes(work)) return ['--api', 'stream', '--state', state]
  const specification = specifications[work as keyof typeof specifications]
  const query = join(import.meta.dirname, 'queries', `${work}.sql`)
  const key = specification.key.length === 0 ? [] : ['--key', specification.key.join(',')]
  return ['--query', query, '--inputs', specification.inputs.join(','), ...key, '--state', state]
}
