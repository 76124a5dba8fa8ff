/** `node scripts/kafka/make-archive.ts`: a broker is started and ended once, so that the next ones start sooner. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { archiveFile, quietly } from './archive.ts'
import { kafkaJars } from './jars.ts'
import { startKafka } from './start.ts'

const archive = archiveFile()
// No other Java can read it: whose it is stands beside it.
const madeBy = `${archive}.java`
const java = spawnSync('java', ['-version'], { encoding: 'utf8' }).stderr

if (!existsSync(archive) || !existsSync(madeBy) || readFileSync(madeBy, 'utf8') !== java) {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-classes-'))
  // Whole or not at all, also when two make it at once.
  const filling = `${archive}.${process.pid}`
  try {
    const classes = join(folder, 'classes')
    const javaFlags = [`-XX:DumpLoadedClassList=${classes}`, ...quietly]
    const kafka = await startKafka({ data: join(folder, 'data'), javaFlags })
    await kafka.stop()
    const dump = ['-Xshare:dump', `-XX:SharedClassListFile=${classes}`, `-XX:SharedArchiveFile=${filling}`, ...quietly]
    const flags = ['-XX:+UseSerialGC', '-Xmx512m', '-cp', join(kafkaJars(), '*')]
    const { status } = spawnSync('java', [...dump, ...flags], { timeout: 120_000 })
    if (status === 0) {
      writeFileSync(madeBy, java)
      renameSync(filling, archive)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
    rmSync(filling, { force: true })
  }
}
