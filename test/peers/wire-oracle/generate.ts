/**
 * Writes test/golden/wire.json and test/golden/batches.json from Apache Kafka's own classes, or (`--fuzz COUNT SEED`)
 * compares COUNT random values of every message and version without writing anything.
 *
 * node test/peers/wire-oracle/generate.ts 'DIRECTORY WITH kafka-clients AND ITS DEPENDENCIES' [--fuzz COUNT SEED]
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { apis } from '../../../src/wire/apis/index.ts'
import { encodeRequest, encodeResponse, encodeStruct } from '../../../src/wire/codec.ts'
import { ConsumerProtocolAssignment, ConsumerProtocolSubscription } from '../../../src/wire/consumer-protocol.ts'
import {
  batchCases,
  controlCases,
  type MessageCase,
  manyCases,
  manyRecords,
  messageCases,
  rawSnappyText,
  toKafkaJson,
} from './cases.ts'

const [libraries, mode, count, seed] = process.argv.slice(2)
const here = import.meta.dirname
const golden = join(here, '../../golden')
const comment = 'Written by test/peers/wire-oracle/generate.ts from the classes of kafka-clients 4.1.0; do not edit.'

function ask(questions: readonly unknown[]): string[] {
  const run = spawnSync('java', ['-cp', `${libraries}/*`, join(here, 'WireOracle.java')], {
    input: `${questions.map((each) => JSON.stringify(each)).join('\n')}\n`,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  })
  if (run.status !== 0) throw new Error(run.stderr)
  return run.stdout.trimEnd().split('\n')
}

function askMessages(cases: readonly MessageCase[]): string[] {
  return ask(cases.map((each) => ({ ...each, value: toKafkaJson(each.value) })))
}

function encodeOurs({ name, kind, key, version, value }: MessageCase): string {
  const structs = { ConsumerProtocolSubscription, ConsumerProtocolAssignment }
  if (kind === 'struct') {
    return encodeStruct(structs[name as keyof typeof structs], version, false, value as never).toString('hex')
  }
  const api = apis.get(key)!
  const header = { correlationId: 1_234_567, clientId: 'millrace-ü' }
  const frame =
    kind === 'request'
      ? encodeRequest(api, version, header, value as never)
      : encodeResponse(api, version, header.correlationId, value as never)
  return frame.subarray(4).toString('hex')
}

function fuzz(): void {
  const cases = messageCases(Number(seed), Number(count))
  const answers = askMessages(cases)
  const wrong = cases.filter((each, index) => encodeOurs(each) !== answers[index])
  for (const each of wrong.slice(0, 10)) {
    const index = cases.indexOf(each)
    console.log(
      JSON.stringify({ ...each, value: toKafkaJson(each.value) }),
      '\n kafka',
      answers[index],
      '\n ours ',
      encodeOurs(each),
    )
  }
  console.log(
    `${cases.length} messages compared, ${wrong.length} differ: ${[...new Set(wrong.map(({ name, kind, version }) => `${name} ${kind} ${version}`))].join(', ')}`,
  )
  process.exitCode = wrong.length === 0 ? 0 : 1
}

function writeGolden(): void {
  const cases = messageCases(1, 1, 1)
  const answers = askMessages(cases)
  const rows = cases.map(({ value, ...about }, index) => ({
    ...about,
    value: toKafkaJson(value),
    bytes: answers[index],
  }))
  const failed = rows.filter(({ bytes }) => bytes?.startsWith('error'))
  if (failed.length > 0) throw new Error(JSON.stringify(failed, null, 1))
  const lines = rows.map((row) => `  ${JSON.stringify(row)}`)
  writeFileSync(
    join(golden, 'wire.json'),
    `{ "comment": ${JSON.stringify(comment)}, "cases": [\n${lines.join(',\n')}\n] }\n`,
  )
  const batches = {
    comment,
    batches: zip(batchCases, ask(batchCases)),
    many: zip(
      manyCases.map((compression) => ({ compression })),
      ask(manyCases.map((compression) => ({ batch: { compression }, records: manyRecords() }))),
    ),
    control: zip(
      controlCases.map((batch) => ({ batch })),
      ask(controlCases.map((batch) => ({ batch }))),
    ),
    rawSnappy: ask([{ batch: { rawSnappy: rawSnappyText } }])[0],
  }
  writeFileSync(join(golden, 'batches.json'), `${JSON.stringify(batches, null, 1)}\n`)
}

function zip<T extends object>(cases: readonly T[], answers: readonly string[]): (T & { readonly bytes: string })[] {
  return cases.map((each, index) => ({ ...each, bytes: answers[index]! }))
}

if (mode === '--fuzz') fuzz()
else writeGolden()
