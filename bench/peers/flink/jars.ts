/** Flink's jars: fetched once by Maven, kept under `node_modules/.cache`. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { jarsAreThere } from '../../../scripts/kafka/jars.ts'

const cache: string = join(import.meta.dirname, '../../../node_modules/.cache/millrace')
const flink = { pom: join(import.meta.dirname, 'pom.xml'), home: join(cache, 'flink-2.2.0') } as const

/** For a class path. It need not be there yet. */
export const flinkLibraries: string = join(flink.home, 'libs', '*')

/**
 * Whole or not at all: filled beside its place, then renamed.
 * @throws Error with Maven's words when it fails
 */
export function fetchFlink(): void {
  if (jarsAreThere(flink)) return
  mkdirSync(cache, { recursive: true })
  const filling = mkdtempSync(join(cache, 'filling-'))
  try {
    runMaven(join(filling, 'libs'))
    copyFileSync(flink.pom, join(filling, 'pom.xml'))
    if (existsSync(flink.home) && !jarsAreThere(flink)) rmSync(flink.home, { recursive: true, force: true })
    if (!jarsAreThere(flink)) renameSync(filling, flink.home)
  } finally {
    rmSync(filling, { recursive: true, force: true })
  }
}

function runMaven(libraries: string): void {
  const words = ['--batch-mode', '--quiet', '--file', flink.pom, 'dependency:copy-dependencies']
  const maven = spawnSync('mvn', [...words, `-DoutputDirectory=${libraries}`], { encoding: 'utf8', timeout: 600_000 })
  if (maven.status === 0) return
  const said = maven.error?.message ?? `${maven.stdout}${maven.stderr}`.trim().split('\n').slice(0, 5).join('\n')
  throw new Error(`Maven could not fetch Flink: ${said}`)
}
