/** Every file through every serde, and through every stage that bytes can fail in. */
import { contentOf } from './content.ts'
import { type Expected, isRight } from './expected.ts'
import { serdes } from './serdes.ts'
import { deserialize, deserializeKey, failing, type Outcome } from './stages.ts'

/** A row of the table of results. */
export interface Result {
  readonly file: string
  readonly stage: string
  readonly expected: string
  readonly got: string
}

/** What became of one file, everywhere. */
export async function resultsOf(row: Expected): Promise<Result[]> {
  const content = contentOf(row.file)
  const read = (row.serdes ?? Object.keys(serdes)).flatMap((serde) => [
    judged(row, serde, 'deserialize', content, deserialize),
    judged(row, serde, 'key', content, deserializeKey),
  ])
  const failed: Result[] = []
  for (const [stage, run] of Object.entries(failing))
    failed.push({ file: row.file, stage, expected: letterFor(row, stage), got: await run(content) })
  return [...read, ...failed]
}

/** Those that are not as they should be. */
export function differences(results: readonly Result[]): Result[] {
  return results.filter(({ expected, got }) => expected !== got)
}

function judged(
  row: Expected,
  serde: string,
  stage: string,
  content: Buffer | null,
  run: (given: { serde: (typeof serdes)[string]; content: Buffer | null }) => Outcome,
): Result {
  const { got, value } = run({ serde: serdes[serde]!, content })
  const found = got === 'ok' && !isRight(row, serde, content, value) ? 'ok, but read as something else' : got
  return { file: row.file, stage: `${stage} ${serde}`, expected: dispositionOf(row, serde), got: found }
}

export function dispositionOf({ ok, tooLarge }: Expected, serde: string): string {
  if (ok.includes(serde)) return tooLarge ? 'ptr(produce)' : 'ok'
  return tooLarge ? 'ptr(deserialize)' : 'DL(deserialize)'
}

function letterFor({ tooLarge }: Expected, stage: string): string {
  const [name] = stage.split(',')
  if (!tooLarge) return name === 'late' ? 'late' : `DL(${name})`
  return name === 'late' ? 'ptr(produce)' : `ptr(${name})`
}
