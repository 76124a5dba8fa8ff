/** The folder of results: a file per run, and the page that shows the newest of each work. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pageOf } from './page.ts'
import type { Results } from './results.ts'

/** @example writeResults('bench/results', results, ['map', 'q0']) // 'bench/results/2026-11-21-2215.json' */
export function writeResults(folder: string, results: Results, works: readonly string[]): string {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, fileName(results.date))
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`)
  writeFileSync(join(folder, 'index.html'), pageOf(readResults(folder), works))
  return file
}

/** Every run whose file is in the folder. */
export function readResults(folder: string): Results[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
  return files.sort().map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Results)
}

/** To the minute. */
function fileName(date: string): string {
  return `${date.slice(0, 16).replace('T', '-').replace(':', '')}.json`
}
