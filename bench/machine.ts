/** What the results were measured on. */
import { spawnSync } from 'node:child_process'
import { cpus, release, totalmem, type } from 'node:os'
import type { Machine } from './page/results.ts'

const bytesPerGigabyte = 1_073_741_824

/** @example thisMachine().cores // 2 */
export function thisMachine(): Machine {
  const processors = cpus()
  return {
    cpu: processors[0]?.model.trim() || 'unknown CPU',
    cores: processors.length,
    memoryGigabytes: Math.round(totalmem() / bytesPerGigabyte),
    system: `${type()} ${release()}`,
    node: process.versions.node,
    java: javaVersion(),
  }
}

function javaVersion(): string | null {
  const { stderr, status } = spawnSync('java', ['-version'], { encoding: 'utf8' })
  return status === 0 ? (/version "([^"]+)"/.exec(stderr)?.[1] ?? null) : null
}
