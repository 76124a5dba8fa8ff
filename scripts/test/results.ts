import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Where the last `npm test` left vitest's JSON report; `.ci/run` reads it too. */
export const resultsFile: string = fileURLToPath(
  new URL('../../node_modules/.cache/millrace/test-results.json', import.meta.url),
)

export interface TestCounts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

interface Report {
  readonly numPassedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly {
    readonly status: string
    readonly assertionResults: readonly { readonly status: string }[]
  }[]
}

/** A file that failed before its first test (it did not load, its setup threw) counts as one failure. */
export function countTests(file: string = resultsFile): TestCounts {
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 }
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report
  let failed = 0
  for (const { status, assertionResults } of report.testResults) {
    const inside = assertionResults.filter((test) => test.status === 'failed').length
    failed += status === 'failed' ? Math.max(1, inside) : inside
  }
  return { passed: report.numPassedTests, failed, skipped: report.numPendingTests + report.numTodoTests }
}
