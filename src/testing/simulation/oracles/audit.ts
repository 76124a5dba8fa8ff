/** What the broker itself saw: it alone knows the order of all requests. */
import type { Finding, History } from '../history.ts'
import { factsOf } from './facts.ts'
import { Findings } from './findings.ts'

/** @example audit(history) // [] where every position was committed by who had read it last */
export function audit(history: History): readonly Finding[] {
  const found = new Findings('audit')
  for (const { kind, text } of history.audit.violations) found.add(`${kind}: ${text}`)
  if (history.audit.commits === 0 && factsOf(history).moves.length > 0)
    found.add('positions moved, and the audit saw none of it')
  return found.all
}
