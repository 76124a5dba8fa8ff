/** All that the registry knows: a fold over its records. */
import { type Content, contentKey, defaultLevel, defaultMode, type Level, type Mode, type Version } from './model.ts'
import type { Entry } from './records.ts'

export class State {
  private readonly versions = new Map<string, Map<number, Version>>()
  /** Places by id, by subject and version: schemas are asked for by id all the time. */
  private readonly byId = new Map<number, Map<string, Version>>()
  private readonly idsByContent = new Map<string, Set<number>>()
  /** By subject; null is the registry as a whole. */
  private readonly levels = new Map<string | null, Level>()
  private readonly modes = new Map<string | null, Mode>()
  /** The highest id ever given. */
  highestId = 0

  apply(entry: Entry): void {
    switch (entry.kind) {
      case 'schema':
        this.put(entry.version)
        break
      case 'schema-gone':
        this.remove(entry.subject, entry.version)
        break
      case 'subject-deleted':
        this.hide(entry.subject, entry.version)
        break
      case 'level':
        setOrDelete(this.levels, entry.subject, entry.level)
        break
      case 'mode':
        setOrDelete(this.modes, entry.subject, entry.mode)
        break
      case 'highest-id':
        this.highestId = Math.max(this.highestId, entry.id)
    }
  }

  /** Every subject that has a version, deleted or not, in order of names. */
  subjects(): string[] {
    return [...this.versions.keys()].sort()
  }

  /** All versions of a subject, lowest first. */
  all(subject: string): Version[] {
    return [...(this.versions.get(subject)?.values() ?? [])].sort((one, other) => one.version - other.version)
  }

  /** The versions of a subject that are not deleted. */
  live(subject: string): Version[] {
    return this.all(subject).filter(({ deleted }) => !deleted)
  }

  find(subject: string, version: number): Version | undefined {
    return this.versions.get(subject)?.get(version)
  }

  /** Every place where an id is used, deleted or not. */
  placesOf(id: number): Version[] {
    return [...(this.byId.get(id)?.values() ?? [])].sort(byPlace)
  }

  /** The id that a content has, if it is anywhere. */
  idOf(content: Content): number | undefined {
    return this.idsByContent.get(contentKey(content))?.values().next().value
  }

  everywhere(): Version[] {
    return this.subjects().flatMap((subject) => this.all(subject))
  }

  level(subject: string | null): Level | undefined {
    return this.levels.get(subject)
  }

  mode(subject: string | null): Mode | undefined {
    return this.modes.get(subject)
  }

  levelInForce(subject: string | null): Level {
    return this.levels.get(subject) ?? this.levels.get(null) ?? defaultLevel
  }

  modeInForce(subject: string | null): Mode {
    return this.modes.get(subject) ?? this.modes.get(null) ?? defaultMode
  }

  private put(version: Version): void {
    const versions = this.versions.get(version.subject) ?? new Map<number, Version>()
    this.forget(versions.get(version.version))
    this.versions.set(version.subject, versions.set(version.version, version))
    this.note(version)
    this.highestId = Math.max(this.highestId, version.id)
  }

  private note(version: Version): void {
    const places = this.byId.get(version.id) ?? new Map<string, Version>()
    this.byId.set(version.id, places.set(placeOf(version), version))
    const key = contentKey(version)
    const ids = this.idsByContent.get(key) ?? new Set<number>()
    this.idsByContent.set(key, ids.add(version.id))
  }

  private forget(version: Version | undefined): void {
    if (version === undefined) return
    const places = this.byId.get(version.id)
    places?.delete(placeOf(version))
    // One id has one content, but in a topic that others wrote it may have had another.
    if ([...(places?.values() ?? [])].some((each) => contentKey(each) === contentKey(version))) return
    if (places?.size === 0) this.byId.delete(version.id)
    const key = contentKey(version)
    const ids = this.idsByContent.get(key)
    ids?.delete(version.id)
    if (ids?.size === 0) this.idsByContent.delete(key)
  }

  /** Softly deletes what there is up to a version; what is written later lives. */
  private hide(subject: string, upTo: number): void {
    for (const each of this.all(subject)) if (each.version <= upTo) this.put({ ...each, deleted: true })
  }

  private remove(subject: string, version: number): void {
    const versions = this.versions.get(subject)
    this.forget(versions?.get(version))
    versions?.delete(version)
    if (versions?.size === 0) this.versions.delete(subject)
  }
}

function placeOf({ subject, version }: Version): string {
  return JSON.stringify([subject, version])
}

function byPlace(one: Version, other: Version): number {
  if (one.subject !== other.subject) return one.subject < other.subject ? -1 : 1
  return one.version - other.version
}

function setOrDelete<K, V>(map: Map<K, V>, key: K, value: V | null): void {
  if (value === null) map.delete(key)
  else map.set(key, value)
}
