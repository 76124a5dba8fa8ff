/** Runs one test by its name in the copy. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Guard } from './guard.ts'

export interface Outcome {
  readonly is: 'passed' | 'failed' | 'not run'
  /** How it failed, in a line. */
  readonly why: string
}

interface Results {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[]
      readonly title: string
      readonly status: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

const timeoutMilliseconds = 180_000

/** A test that hangs without its guard has noticed as well: it is cut short, and counts as failed. */
export function runTest(folder: string, { file, name, project = 'millrace' }: Guard['test']): Outcome {
  const results = mkdtempSync(join(tmpdir(), 'millrace-results-'))
  const output = join(results, 'results.json')
  const pattern = `^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`
  const words = ['run', '--project', project, file, '-t', pattern, '--reporter=json', `--outputFile=${output}`]
  const vitest = join(folder, 'node_modules/vitest/vitest.mjs')
  const options = { cwd: folder, timeout: timeoutMilliseconds, killSignal: 'SIGKILL', stdio: 'ignore' } as const
  const { error } = spawnSync(process.execPath, [vitest, ...words], options)
  try {
    if (error !== undefined) return { is: 'failed', why: `it did not end: ${error.message}` }
    return outcomeIn(JSON.parse(readFileSync(output, 'utf8')) as Results, name)
  } finally {
    rmSync(results, { recursive: true, force: true })
  }
}

function outcomeIn({ testResults }: Results, name: string): Outcome {
  const all = testResults.flatMap(({ assertionResults }) => assertionResults)
  const found = all.find(({ ancestorTitles, title }) => [...ancestorTitles, title].join(' > ') === name)
  if (found?.status !== 'passed' && found?.status !== 'failed') return { is: 'not run', why: 'there is no such test' }
  return { is: found.status, why: found.failureMessages?.[0]?.split('\n')[0] ?? '' }
}
