/** What user code did outside of Kafka must be what it does in a run without faults: only then it is exactly once, too. */
import { isDeepStrictEqual } from 'node:util'
import type { Finding, History } from '../history.ts'
import { Findings } from './findings.ts'

const longest = 400

/** @example effects(history) // one finding where a handler writes to a database by itself */
export function effects({ effects: seen, isDrained }: History): readonly Finding[] {
  const found = new Findings('effects')
  if (seen === null || !isDrained || isDeepStrictEqual(seen.found, seen.expected)) return found.all
  found.add(`what user code did outside of Kafka differs: ${text(seen.found)}, without faults ${text(seen.expected)}`)
  return found.all
}

function text(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value)
  return json.length <= longest ? json : `${json.slice(0, longest)}…`
}
