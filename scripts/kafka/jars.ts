/** Apache Kafka's jars: fetched once by Maven, kept under `node_modules/.cache`. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const pom: string = fileURLToPath(new URL('pom.xml', import.meta.url))
const cache: string = fileURLToPath(new URL('../../node_modules/.cache/millrace/', import.meta.url))
const home: string = join(cache, 'kafka-4.1.0')

/** True when the jars of this very `pom.xml` are there: it is kept beside them to tell. */
export function jarsAreThere(): boolean {
  const kept = join(home, 'pom.xml')
  return existsSync(kept) && readFileSync(kept, 'utf8') === readFileSync(pom, 'utf8')
}

/**
 * The folder of jars, fetched first if need be.
 * @throws Error with Maven's words when it fails
 */
export function kafkaJars(): string {
  if (!jarsAreThere()) fetchJars()
  return join(home, 'libs')
}

/** Whole or not at all: filled beside its place, then renamed. Of two processes that race, the second finds it there. */
function fetchJars(): void {
  mkdirSync(cache, { recursive: true })
  const filling = mkdtempSync(join(cache, 'filling-'))
  try {
    runMaven(join(filling, 'libs'))
    copyFileSync(pom, join(filling, 'pom.xml'))
    if (existsSync(home) && !jarsAreThere()) rmSync(home, { recursive: true, force: true })
    renameUnlessThere(filling)
  } finally {
    rmSync(filling, { recursive: true, force: true })
  }
}

function runMaven(libs: string): void {
  const maven = spawnSync(
    'mvn',
    ['--batch-mode', '--quiet', '--file', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${libs}`],
    { encoding: 'utf8', timeout: 300_000 },
  )
  if (maven.status === 0) return
  const words = maven.error?.message ?? `${maven.stdout}${maven.stderr}`.trim().split('\n').slice(0, 5).join('\n')
  throw new Error(`Maven could not fetch Apache Kafka's jars: ${words}`)
}

function renameUnlessThere(filling: string): void {
  try {
    renameSync(filling, home)
  } catch (error) {
    if (!jarsAreThere()) throw error
  }
}
