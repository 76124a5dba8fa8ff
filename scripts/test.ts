/**
 * `npm test`: every suite. What needs Apache Kafka runs where Java and Maven are, and is left out in one line elsewhere;
 * with `CI=true` leaving it out is a failure, as is a test that skips itself. Words after `--` go to vitest: `npm test -- test/wire`.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { kafkaAvailable, kafkaJars } from './kafka.ts'
import { countTests, resultsFile } from './test/results.ts'

/** Fetches the jars before the tests start: no test waits for Maven, and two don't fetch them twice. */
function apacheKafkaLacking(): string | null {
  const missing = kafkaAvailable()
  if (missing !== null) return missing
  try {
    kafkaJars()
    return null
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] as string
  }
}

const compileCache = fileURLToPath(new URL('../node_modules/.cache/compile', import.meta.url))

function runVitest(words: readonly string[]): number {
  const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))
  mkdirSync(dirname(resultsFile), { recursive: true })
  rmSync(resultsFile, { force: true })
  const standstill = fileURLToPath(new URL('test/standstill.ts', import.meta.url))
  const reporters = [
    '--reporter=default',
    '--reporter=json',
    `--reporter=${standstill}`,
    `--outputFile.json=${resultsFile}`,
  ]
  // Hundreds of tests start the command line: each start would else strip types and compile anew.
  const env = { NODE_COMPILE_CACHE: compileCache, SHARED_PROCESSES: 'true', ...process.env }
  return spawnSync(process.execPath, [vitest, 'run', ...reporters, ...words], { stdio: 'inherit', env }).status ?? 1
}

const words = process.argv.slice(2)
const lacking = apacheKafkaLacking()
const leaving = ['--project=!containers', ...(lacking === null ? [] : ['--project=!apache-kafka'])]
// Beside the first tests: brokers that start before it is there start as ever.
const archive = fileURLToPath(new URL('kafka/make-archive.ts', import.meta.url))
const archiving =
  lacking === null && words.length === 0 ? spawn(process.execPath, [archive], { stdio: 'ignore' }) : null
const status = runVitest([...leaving, ...words])
archiving?.kill()
const { passed, failed, skipped } = countTests()
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
if (lacking !== null) console.log(`Left out: the suite on Apache Kafka (test/kafka), because ${lacking}`)
// A filter skips what was not asked for; without one, whatever was skipped was left out.
const leftOut = lacking !== null || (skipped > 0 && words.length === 0)
process.exitCode = leftOut && process.env.CI === 'true' ? 1 : status
