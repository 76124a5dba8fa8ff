/** kafkats/flow: the nearest of kin, Kafka Streams' words in TypeScript. It is fetched when it is asked for. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type PeerCommand, wordsOf } from '../peer.ts'

const version = '0.12.0'
const packages = [`@kafkats/client@${version}`, `@kafkats/flow@${version}`] as const
const folder = join(import.meta.dirname, `../../../node_modules/.cache/millrace/kafkats-${version}`)

/** Started by the bench. @example await kafkats.prepare(); kafkats.command(request).program // node */
export const kafkats: PeerCommand = {
  name: 'kafkats',
  version,
  works: ['q0', 'q1', 'map', 'windowed-count-updates'],
  threads: [1],
  recordsInAMinute: 180_000,
  settings:
    'exactly_once, commits every 100 ms, no linger, four partitions at a time, state in memory; it has no final windows',
  async prepare() {
    if (!existsSync(folder)) install()
  },
  command: (request) => ({
    program: process.execPath,
    arguments: [join(import.meta.dirname, 'program.ts'), ...wordsOf(request)],
    environment: { KAFKATS_HOME: join(folder, 'node_modules/@kafkats') },
  }),
}

/** Whole or not at all: filled beside its place, then renamed. */
function install(): void {
  mkdirSync(dirname(folder), { recursive: true })
  const filling = mkdtempSync(`${folder}-`)
  try {
    const words = ['install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', filling]
    const npm = spawnSync('npm', [...words, ...packages], { encoding: 'utf8', timeout: 300_000 })
    if (npm.status !== 0) throw new Error(`npm could not fetch kafkats: ${npm.error?.message ?? npm.stderr}`)
    if (!existsSync(folder)) renameSync(filling, folder)
  } finally {
    rmSync(filling, { recursive: true, force: true })
  }
}
