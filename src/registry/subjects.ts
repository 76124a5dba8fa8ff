/** Reading subjects and their versions, and taking them away. */
import { refusals } from './errors.ts'
import type { Decision, Journal } from './journal.ts'
import type { Version } from './model.ts'
import { type JournalRecord, recordOf } from './records.ts'
import type { State } from './state.ts'

const highestVersion = 2_147_483_647

/** The versions of a subject, lowest first. @throws RegistryError 40401 */
export function versionsOf(state: State, subject: string, withDeleted: boolean): readonly Version[] {
  const versions = withDeleted ? state.all(subject) : state.live(subject)
  if (versions.length === 0) throw refusals.unknownSubject(subject)
  return versions
}

/** A version by its number, or the latest. @throws RegistryError 40401, 40402, 42202 */
export function versionOf(state: State, subject: string, given: string, withDeleted: boolean): Version {
  const number = versionNumber(given)
  const versions = versionsOf(state, subject, withDeleted)
  const found = number === 'latest' ? versions.at(-1) : versions.find(({ version }) => version === number)
  if (found === undefined) throw refusals.unknownVersion(given)
  return found
}

/** @throws RegistryError 42202 */
export function versionNumber(given: string): number | 'latest' {
  if (given === 'latest' || given === '-1') return 'latest'
  const number = /^\d+$/.test(given) ? Number(given) : 0
  if (number < 1 || number > highestVersion) throw refusals.invalidVersion(given)
  return number
}

/** Ids of what refers to a version. */
export function referencesTo(state: State, subject: string, version: number): number[] {
  const users = state
    .everywhere()
    .filter(({ deleted, references }) => !deleted && references.some((each) => isPlace(each, subject, version)))
  return [...new Set(users.map(({ id }) => id))].sort((one, other) => one - other)
}

function isPlace(
  place: { readonly subject: string; readonly version: number },
  subject: string,
  version: number,
): boolean {
  return place.subject === subject && place.version === version
}

/** Deletes a subject: softly, and once that is done for good. @returns its versions */
export function deleteSubject(journal: Journal, subject: string, isPermanent: boolean): Promise<readonly number[]> {
  return journal.write((state) => {
    checkWritable(state, subject)
    return isPermanent ? eraseSubject(state, subject) : hideSubject(state, subject)
  })
}

function hideSubject(state: State, subject: string): Decision<readonly number[]> {
  const all = state.all(subject)
  const live = state.live(subject)
  if (all.length === 0) throw refusals.unknownSubject(subject)
  if (live.length === 0) throw refusals.subjectDeleted(subject)
  for (const { version } of live) checkUnused(state, subject, version)
  const settings: JournalRecord[] = []
  if (state.mode(subject) !== undefined) settings.push(recordOf.mode(subject, null))
  if (state.level(subject) !== undefined) settings.push(recordOf.level(subject, null))
  const records = [recordOf.subjectDeleted(subject, live.at(-1)!.version), ...settings]
  return { records, answer: live.map(({ version }) => version) }
}

function eraseSubject(state: State, subject: string): Decision<readonly number[]> {
  const all = state.all(subject)
  if (all.length === 0) throw refusals.unknownSubject(subject)
  if (all.some(({ deleted }) => !deleted)) throw refusals.subjectNotDeleted(subject)
  const gone = all.map(({ version }) => recordOf.schemaGone(subject, version))
  return { records: [recordOf.highestId(state.highestId), ...gone], answer: all.map(({ version }) => version) }
}

/** Deletes one version: softly, and once that is done for good. @returns its number */
export function deleteVersion(journal: Journal, subject: string, given: string, isPermanent: boolean): Promise<number> {
  return journal.write((state) => {
    checkWritable(state, subject)
    const { version, deleted, ...found } = versionOf(state, subject, given, true)
    checkUnused(state, subject, version)
    if (isPermanent) {
      if (!deleted) throw refusals.versionNotDeleted(subject, version)
      const records = [recordOf.highestId(state.highestId), recordOf.schemaGone(subject, version)]
      return { records, answer: version }
    }
    if (deleted) throw refusals.versionDeleted(subject, version)
    return { records: [recordOf.schema({ ...found, version, deleted: true })], answer: version }
  })
}

function checkUnused(state: State, subject: string, version: number): void {
  if (referencesTo(state, subject, version).length > 0) throw refusals.referenced(subject, version)
}

/** @throws RegistryError 42205 */
export function checkWritable(state: State, subject: string): void {
  if (state.modeInForce(subject) === 'READONLY') throw refusals.notPermitted(`Subject ${subject} is in read-only mode`)
}
