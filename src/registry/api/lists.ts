/** Answers that are lists with filters. */
import type { Version } from '../model.ts'
import { versionBody } from './bodies.ts'
import { type Call, flag } from './call.ts'

/** Names of subjects; `?deleted` adds the deleted ones, `?deletedOnly` gives none but these. */
export function subjectNames(call: Call): string[] {
  const { state } = call.journal
  const isLive = (subject: string): boolean => state.live(subject).length > 0
  return state
    .subjects()
    .filter((subject) => subject.startsWith(prefixOf(call)))
    .filter((subject) => (flag(call, 'deletedOnly') ? !isLive(subject) : flag(call, 'deleted') || isLive(subject)))
}

/** Versions of all subjects. */
export function allSchemas(call: Call): object[] {
  const { state } = call.journal
  const offset = Number(call.query.get('offset') ?? 0)
  const limit = Number(call.query.get('limit') ?? -1)
  const versions = state.subjects().flatMap((subject): readonly Version[] => {
    if (!subject.startsWith(prefixOf(call))) return []
    const found = flag(call, 'deleted') ? state.all(subject) : state.live(subject)
    return flag(call, 'latestOnly') ? found.slice(-1) : found
  })
  return versions.slice(offset, limit < 0 ? undefined : offset + limit).map(versionBody)
}

function prefixOf({ query }: Call): string {
  // Confluent's sign for "in any context".
  return (query.get('subjectPrefix') ?? '').replace(/^:\*:/, '')
}

/** Whether it is compatible; with `?verbose` why not. */
export function judgement(call: Call, messages: readonly string[]): object {
  return { is_compatible: messages.length === 0, ...(flag(call, 'verbose') && { messages }) }
}
