/**
 * Which test files share a process with others, and with it the modules that each would else load anew: those that start
 * nothing and change nothing that outlives them. Read from their sources, so that no list grows old.
 */
import { importsOf } from './house/imports.ts'
import type { Files } from './house/rules.ts'

/** What a file must not speak of, nor what it imports outside `src`. */
const worldly: readonly RegExp[] = [
  /['"]node:(?:child_process|worker_threads|cluster|net|tls|https?|dgram|inspector|v8)['"]/,
  /\b(?:startBroker|startEmbedded|startKafka)\b/,
  /\bvi\.(?!waitFor\b|fn\b)\w/,
  /\bprocess\.(?:on|once|emit|chdir|exitCode|memoryUsage|cpuUsage)\b/,
  /\bprocess\.env(?:\.\w+|\[[^\]]+\])\s*=[^=]|\bdelete process\.env/,
  /\bglobalThis\b/,
]

/** A world of its own wants a process of its own: it runs for long, and is ended where it stands still. */
const alone: readonly RegExp[] = [/^test\/(?:simulation|canaries|soak|tear|kafka|docker)\//, /\.fixture\.ts$/]

/**
 * @param files every file that a test may import but those in `src`
 * @returns the test files among them that may share a process
 * @example sharingFiles(readFolders('test', 'examples', 'scripts', 'bench'))
 */
export function sharingFiles(files: Files): string[] {
  return [...files.keys()].filter((path) => path.endsWith('.test.ts') && !isAlone(path) && !isWorldly(path, files))
}

function isAlone(path: string): boolean {
  return alone.some((pattern) => pattern.test(path))
}

function isWorldly(path: string, files: Files, seen: Set<string> = new Set()): boolean {
  const source = files.get(path)
  if (source === undefined || seen.has(path)) return false
  seen.add(path)
  if (worldly.some((pattern) => pattern.test(source))) return true
  return importsOf(path, source).some(
    ({ file, typeOnly }) => file !== null && !typeOnly && isWorldly(file, files, seen),
  )
}
