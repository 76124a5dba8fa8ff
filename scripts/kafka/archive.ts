/**
 * An archive of the classes that a broker loads: a JVM that finds them there starts with half of the work. Where there is
 * none, or one of another Java, it starts as ever.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { kafkaJars } from './jars.ts'

// A JVM that can't use an archive would say so on stdout, where tools answer.
export const quietly: readonly string[] = ['-Xlog:disable', '-Xlog:all=error:stderr']

/** Java's flags for what loads Kafka's classes. */
export function archiveFlags(): readonly string[] {
  const archive = archiveFile()
  return existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`, ...quietly] : []
}

export function archiveFile(): string {
  return join(kafkaJars(), '..', 'classes.jsa')
}
