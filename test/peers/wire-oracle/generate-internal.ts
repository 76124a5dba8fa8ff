/**
 * Writes test/golden/internal.json from the classes of Apache Kafka's own coordinators.
 *
 * node test/peers/wire-oracle/generate-internal.ts 'DIRECTORY WITH THE JARS OF APACHE KAFKA'
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toKafkaJson } from './cases.ts'
import { internalCases } from './internal-cases.ts'

const here = import.meta.dirname
const cases = internalCases(1, 3).map((each) => ({ ...each, value: toKafkaJson(each.value) }))
const run = spawnSync('java', ['-cp', `${process.argv[2]}/*`, join(here, 'WireOracle.java')], {
  input: cases.map((each) => `${JSON.stringify({ ...each, kind: 'struct' })}\n`).join(''),
  encoding: 'utf8',
})
if (run.status !== 0) throw new Error(run.stderr)
const answers = run.stdout.trimEnd().split('\n')
const failed = answers.filter((bytes) => bytes.startsWith('error'))
if (failed.length > 0) throw new Error(failed.join('\n'))
const lines = cases.map(({ name, version, value }, index) =>
  JSON.stringify({ name, version, value, bytes: answers[index] }),
)
const comment = 'Written by test/peers/wire-oracle/generate-internal.ts from the classes of Kafka 4.1.0; do not edit.'
writeFileSync(
  join(here, '../../golden/internal.json'),
  `{ "comment": ${JSON.stringify(comment)}, "cases": [\n  ${lines.join(',\n  ')}\n] }\n`,
)
