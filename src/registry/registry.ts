/** What can be asked of the registry, beside its subjects: contents by id, levels, modes. */
import { refusals } from './errors.ts'
import type { Journal } from './journal.ts'
import { defaultLevel, defaultMode, type Level, levels, type Mode, modes, type Version } from './model.ts'
import { recordOf } from './records.ts'

/** The content of an id. @throws RegistryError 40403 */
export function contentOf({ state }: Journal, id: number): Version {
  const [place] = state.placesOf(id)
  if (place === undefined) throw refusals.unknownSchema(String(id))
  return place
}

/** The level set for a subject, or for the registry; with `falls` the one in force. @throws RegistryError 40408 */
export function levelOf({ state }: Journal, subject: string | null, falls: boolean): Level {
  const own = state.level(subject)
  if (own !== undefined) return own
  if (subject === null || falls) return state.levelInForce(subject)
  throw refusals.noLevel(subject)
}

/** @throws RegistryError 42203 for an unknown level */
export async function setLevel(journal: Journal, subject: string | null, given: unknown): Promise<Level> {
  const level = typeof given === 'string' ? (given.toUpperCase() as Level) : null
  if (level === null || !levels.includes(level)) throw refusals.invalidLevel(given, levels)
  return await journal.write(() => ({ records: [recordOf.level(subject, level)], answer: level }))
}

/** Takes a level away; the registry's own becomes the default. @returns what it was */
export async function deleteLevel(journal: Journal, subject: string | null): Promise<Level> {
  return await journal.write((state) => {
    const level = state.level(subject)
    if (level === undefined && subject !== null) throw refusals.unknownSubject(subject)
    const records = level === undefined ? [] : [recordOf.level(subject, null)]
    return { records, answer: level ?? defaultLevel }
  })
}

/** The mode set for a subject, or for the registry; with `falls` the one in force. @throws RegistryError 40409 */
export function modeOf({ state }: Journal, subject: string | null, falls: boolean): Mode {
  const own = state.mode(subject)
  if (own !== undefined) return own
  if (subject === null || falls) return state.modeInForce(subject)
  throw refusals.noMode(subject)
}

/** IMPORT gives ids and versions by hand, so it is for what is empty, unless forced. @throws RegistryError 42204, 42205 */
export async function setMode(
  journal: Journal,
  subject: string | null,
  given: unknown,
  isForced: boolean,
): Promise<Mode> {
  const mode = typeof given === 'string' ? (given.toUpperCase() as Mode) : null
  if (mode === null || !modes.includes(mode)) throw refusals.invalidMode(given, modes)
  return await journal.write((state) => {
    const present = subject === null ? state.everywhere() : state.all(subject)
    if (
      mode === 'IMPORT' &&
      !isForced &&
      state.modeInForce(subject) !== 'IMPORT' &&
      present.some((each) => !each.deleted)
    )
      throw refusals.notPermitted(
        'IMPORT is for what is empty: there are subjects already (force=true to import beside them)',
      )
    return { records: [recordOf.mode(subject, mode)], answer: mode }
  })
}

/** Takes a mode away. @returns what it was */
export async function deleteMode(journal: Journal, subject: string | null): Promise<Mode> {
  return await journal.write((state) => {
    const mode = state.mode(subject)
    if (mode === undefined && subject !== null) throw refusals.unknownSubject(subject)
    const records = mode === undefined ? [] : [recordOf.mode(subject, null)]
    return { records, answer: mode ?? defaultMode }
  })
}
