/** Registering a schema under a subject, and finding one that is. */
import { incompatibilities } from './compatibility.ts'
import { refusals } from './errors.ts'
import type { Decision, Journal } from './journal.ts'
import { type Content, contentKey, type Version } from './model.ts'
import { parseContent } from './parse.ts'
import { recordOf } from './records.ts'
import type { ParsedSchema } from './schema.ts'
import type { State } from './state.ts'
import { checkWritable, versionNumber, versionsOf } from './subjects.ts'

/** What is sent to be registered. Id and version are given in mode IMPORT only. */
export interface Submission {
  readonly content: Content
  readonly normalize: boolean
  readonly id: number | null
  readonly version: number | null
}

interface Prepared {
  readonly content: Content
  readonly schema: ParsedSchema
}

/** A content as it is kept. @throws RegistryError 42201 */
function prepare(state: State, { content, normalize }: Pick<Submission, 'content' | 'normalize'>): Prepared {
  const schema = parseContent(content, state)
  return { schema, content: { ...content, schema: normalize ? schema.normalized : schema.canonical } }
}

/**
 * Registers. The same content under the same subject keeps its version, the same content anywhere its id.
 * @throws RegistryError 409 where the level of the subject forbids it, 42201, 42205, 42207
 */
export function register(journal: Journal, subject: string, submission: Submission): Promise<Version> {
  return journal.write((state) => {
    checkWritable(state, subject)
    const isImport = state.modeInForce(subject) === 'IMPORT'
    if (!isImport && submission.id !== null) throw refusals.notPermitted(`Subject ${subject} is not in import mode`)
    const prepared = prepare(state, submission)
    const present = findLive(state, subject, prepared.content)
    if (present !== undefined && (submission.id ?? present.id) === present.id) return { records: [], answer: present }
    return isImport ? imported(state, subject, prepared.content, submission) : added(state, subject, prepared)
  })
}

function added(state: State, subject: string, { content, schema }: Prepared): Decision<Version> {
  const messages = incompatibilities(content, schema, state.live(subject), state.levelInForce(subject), state)
  if (messages.length > 0) throw refusals.incompatible(messages)
  const version = (state.all(subject).at(-1)?.version ?? 0) + 1
  return writing({ ...content, subject, version, id: state.idOf(content) ?? state.highestId + 1, deleted: false })
}

function imported(state: State, subject: string, content: Content, given: Submission): Decision<Version> {
  const id = given.id ?? state.idOf(content) ?? state.highestId + 1
  const [other] = state.placesOf(id)
  if (other !== undefined && contentKey(other) !== contentKey(content)) throw refusals.otherId(id)
  const version = given.version ?? (state.all(subject).at(-1)?.version ?? 0) + 1
  const present = state.find(subject, version)
  if (present !== undefined && contentKey(present) !== contentKey(content))
    throw refusals.notPermitted(`Version ${version} of subject ${subject} is another schema already`)
  return writing({ ...content, subject, version, id, deleted: false })
}

function writing(version: Version): Decision<Version> {
  return { records: [recordOf.schema(version)], answer: version }
}

/** Where a content stands under a subject. @throws RegistryError 40401, 40403 */
export function lookUp(
  { state }: Journal,
  subject: string,
  submission: Pick<Submission, 'content' | 'normalize'>,
  withDeleted: boolean,
): Version {
  const versions = versionsOf(state, subject, withDeleted)
  const key = contentKey(prepare(state, submission).content)
  const found = versions.findLast((each) => contentKey(each) === key)
  if (found === undefined) throw refusals.unknownSchema(`under subject '${subject}'`)
  return found
}

function findLive(state: State, subject: string, content: Content): Version | undefined {
  const key = contentKey(content)
  return state.live(subject).find((each) => contentKey(each) === key)
}

/**
 * Whether a schema could follow a version of a subject, or (`null`) all that its level asks about.
 * @returns why not; nothing when it could
 */
export function judge(
  { state }: Journal,
  subject: string,
  version: string | null,
  submission: Pick<Submission, 'content' | 'normalize'>,
): readonly string[] {
  const { content, schema } = prepare(state, submission)
  const level = state.levelInForce(subject)
  const live = state.live(subject)
  if (version === null) return incompatibilities(content, schema, live, level, state)
  const number = versionNumber(version)
  if (number === 'latest') return incompatibilities(content, schema, live.slice(-1), level, state)
  if (live.length === 0) throw refusals.unknownSubject(subject)
  const found = live.filter((each) => each.version === number)
  if (found.length === 0) throw refusals.unknownVersion(number)
  return incompatibilities(content, schema, found, level, state)
}
