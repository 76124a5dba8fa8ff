/** The seven levels: who must read whom, and how far back. */
import { Effort, Exhausted } from './effort.ts'
import type { Content, Level, Version } from './model.ts'
import { parseContent } from './parse.ts'
import type { ParsedSchema } from './schema.ts'
import type { State } from './state.ts'

interface Demand {
  /** The new schema reads what was written with the old one. */
  readonly backward: boolean
  /** The old schema reads what is written with the new one. */
  readonly forward: boolean
  /** With every version, not the latest only. */
  readonly transitive: boolean
}

const demands: Readonly<Record<Level, Demand>> = {
  NONE: { backward: false, forward: false, transitive: false },
  BACKWARD: { backward: true, forward: false, transitive: false },
  BACKWARD_TRANSITIVE: { backward: true, forward: false, transitive: true },
  FORWARD: { backward: false, forward: true, transitive: false },
  FORWARD_TRANSITIVE: { backward: false, forward: true, transitive: true },
  FULL: { backward: true, forward: true, transitive: false },
  FULL_TRANSITIVE: { backward: true, forward: true, transitive: true },
}

/**
 * Why a new schema may not follow the versions given, lowest first; nothing when it may.
 * @param versions the live versions of its subject
 */
export function incompatibilities(
  content: Content,
  schema: ParsedSchema,
  versions: readonly Version[],
  level: Level,
  state: State,
): string[] {
  const demand = demands[level]
  if (!demand.backward && !demand.forward) return []
  const against = demand.transitive ? versions.toReversed() : versions.slice(-1)
  const effort = new Effort()
  for (const old of against) {
    const messages = compareInTime(content, schema, old, demand, state, effort)
    if (messages.length > 0) return [...messages, `{oldSchemaVersion: ${old.version}}`, `{compatibility: '${level}'}`]
  }
  return []
}

/** What is too much to be compared can't be known to be compatible. */
function compareInTime(...[content, schema, old, demand, state, effort]: Parameters<typeof compareWith>): string[] {
  try {
    return compareWith(content, schema, old, demand, state, effort)
  } catch (error) {
    if (error instanceof Exhausted) return [`{errorType:'NOT_JUDGED', description:'${error.message}'}`]
    throw error
  }
}

/** Reading a text again takes a step for so many characters. */
const charactersAStep = 20

function compareWith(
  content: Content,
  schema: ParsedSchema,
  old: Version,
  { backward, forward }: Demand,
  state: State,
  effort: Effort,
): string[] {
  if (old.schemaType !== content.schemaType) return [`The type ${content.schemaType} can't follow ${old.schemaType}`]
  effort.spend(old.schema.length / charactersAStep)
  const former = parseContent(old, state)
  return [
    ...(backward ? describe('new', schema, former, effort) : []),
    ...(forward ? describe('old', former, schema, effort) : []),
  ]
}

/** So many reasons are told. */
const mostTold = 20

function describe(which: 'new' | 'old', reader: ParsedSchema, writer: ParsedSchema, effort: Effort): string[] {
  return reader
    .unreadable(writer, effort)
    .slice(0, mostTold)
    .map(
      ({ kind, path, message }) => `{errorType:'${kind}', description:'In the ${which} schema at ${path}: ${message}'}`,
    )
}
