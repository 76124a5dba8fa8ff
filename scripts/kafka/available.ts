import { spawnSync } from 'node:child_process'
import { jarsAreThere } from './jars.ts'

const oldestJava = 17
let known: string | null | undefined

/**
 * Can Apache Kafka be started here? `null` when it can, else the reason in one line.
 * @example const without = kafkaAvailable(); if (without !== null) console.log(`Apache Kafka left out: ${without}`)
 */
export function kafkaAvailable(): string | null {
  known ??= lacking()
  return known
}

function lacking(): string | null {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' })
  if (java.error !== undefined || java.status !== 0) return 'there is no java'
  const version = Number(/version "(\d+)/.exec(java.stderr)?.[1])
  if (!(version >= oldestJava)) return `Java ${oldestJava} is needed, this is ${java.stderr.split('\n', 1)[0]}`
  if (jarsAreThere()) return null
  return spawnSync('mvn', ['--version']).status === 0 ? null : 'there is no mvn (Maven) to fetch its jars'
}
