/** Quix Streams: Python over librdkafka, state in RocksDB. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type PeerCommand, wordsOf } from '../peer.ts'

const version = '3.28.1'
const folder = join(import.meta.dirname, `../../../node_modules/.cache/millrace/quixstreams-${version}`)

/** Started by the bench. @example await quix.prepare(); quix.command(request).program // 'python3' */
export const quix: PeerCommand = {
  name: 'quix',
  version,
  works: ['q0', 'q1', 'map', 'windowed-count-final', 'windowed-count-updates'],
  threads: [1],
  recordsInAMinute: 1_200_000,
  settings: 'exactly-once, commits every 100 ms, linger 100 ms, batches of 256 KiB, RocksDB',
  async prepare() {
    if (!existsSync(folder)) install()
  },
  command: (request) => ({
    program: 'python3',
    arguments: [join(import.meta.dirname, 'program.py'), ...wordsOf(request)],
    environment: { PYTHONPATH: folder },
  }),
}

/** Whole or not at all: filled beside its place, then renamed. */
function install(): void {
  mkdirSync(dirname(folder), { recursive: true })
  const filling = mkdtempSync(`${folder}-`)
  try {
    const words = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', filling]
    const pip = spawnSync('python3', [...words, `quixstreams==${version}`], { encoding: 'utf8', timeout: 300_000 })
    if (pip.status !== 0) throw new Error(`pip could not fetch Quix Streams: ${pip.error?.message ?? pip.stderr}`)
    if (!existsSync(folder)) renameSync(filling, folder)
  } finally {
    rmSync(filling, { recursive: true, force: true })
  }
}
