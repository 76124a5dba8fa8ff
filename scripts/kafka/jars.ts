/** Jars of Apache Kafka, of Kafka Streams and of what is run beside us: fetched once by Maven, kept under `node_modules/.cache`. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Each `pom.xml` has a folder of its own in it. */
export const jarsCache: string = fileURLToPath(new URL('../../node_modules/.cache/millrace/', import.meta.url))

/** What a `pom.xml` names, in a folder of its own. */
interface Jars {
  readonly pom: string
  readonly home: string
}

const kafka: Jars = {
  pom: fileURLToPath(new URL('pom.xml', import.meta.url)),
  home: join(jarsCache, 'kafka-4.1.0'),
}
const streams: Jars = {
  pom: fileURLToPath(new URL('streams-pom.xml', import.meta.url)),
  home: join(jarsCache, 'kafka-streams-4.1.0'),
}
const streamsTest: Jars = {
  pom: fileURLToPath(new URL('streams-test-pom.xml', import.meta.url)),
  home: join(jarsCache, 'kafka-streams-test-4.1.0'),
}

/** True when the jars of this very `pom.xml` are there: it is kept beside them to tell. */
export function jarsAreThere({ pom, home }: Jars = kafka): boolean {
  const kept = join(home, 'pom.xml')
  return existsSync(kept) && readFileSync(kept, 'utf8') === readFileSync(pom, 'utf8')
}

/**
 * The folder of Kafka's jars, fetched first if need be.
 * @throws Error with Maven's words when it fails
 */
export function kafkaJars(): string {
  return folderOf(kafka)
}

/**
 * The folder of the jars a Kafka Streams application needs, fetched first if need be.
 * @throws Error with Maven's words when it fails
 */
export function streamsJars(): string {
  return folderOf(streams)
}

/**
 * The folder of the jars of Kafka Streams with its TopologyTestDriver, fetched first if need be.
 * @throws Error with Maven's words when it fails
 */
export function streamsTestJars(): string {
  return folderOf(streamsTest)
}

/**
 * The folder of the jars that a `pom.xml` names, fetched first if need be.
 * @throws Error with Maven's words when it fails
 */
export function folderOf(jars: Jars): string {
  if (!jarsAreThere(jars)) fetchJars(jars)
  return join(jars.home, 'libs')
}

/** Whole or not at all: filled beside its place, then renamed. Of two processes that race, the second finds it there. */
function fetchJars(jars: Jars): void {
  mkdirSync(jarsCache, { recursive: true })
  const filling = mkdtempSync(join(jarsCache, 'filling-'))
  try {
    runMaven(jars.pom, join(filling, 'libs'))
    copyFileSync(jars.pom, join(filling, 'pom.xml'))
    if (existsSync(jars.home) && !jarsAreThere(jars)) rmSync(jars.home, { recursive: true, force: true })
    renameUnlessThere(filling, jars)
  } finally {
    rmSync(filling, { recursive: true, force: true })
  }
}

function runMaven(pom: string, libs: string): void {
  const maven = spawnSync(
    'mvn',
    ['--batch-mode', '--quiet', '--file', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${libs}`],
    { encoding: 'utf8', timeout: 600_000 },
  )
  if (maven.status === 0) return
  const words = maven.error?.message ?? `${maven.stdout}${maven.stderr}`.trim().split('\n').slice(0, 5).join('\n')
  throw new Error(`Maven could not fetch the jars of ${pom}: ${words}`)
}

function renameUnlessThere(filling: string, jars: Jars): void {
  try {
    renameSync(filling, jars.home)
  } catch (error) {
    if (!jarsAreThere(jars)) throw error
  }
}
