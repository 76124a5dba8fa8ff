/** All that the registry knows: a fold over its records. */
import { type Content, contentKey, defaultLevel, defaultMode, type Level, type Mode, type Version } from './model.ts'
import type { Entry } from './records.ts'

export class State {
  private readonly versions = new Map<string, Map<number, Version>>()
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
    return this.everywhere().filter((each) => each.id === id)
  }

  /** The id that a content has, if it is anywhere. */
  idOf(content: Content): number | undefined {
    const key = contentKey(content)
    return this.everywhere().find((each) => contentKey(each) === key)?.id
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
    this.versions.set(version.subject, versions.set(version.version, version))
    this.highestId = Math.max(this.highestId, version.id)
  }

  /** Softly deletes what there is up to a version; what is written later lives. */
  private hide(subject: string, upTo: number): void {
    for (const each of this.all(subject)) if (each.version <= upTo) this.put({ ...each, deleted: true })
  }

  private remove(subject: string, version: number): void {
    const versions = this.versions.get(subject)
    versions?.delete(version)
    if (versions?.size === 0) this.versions.delete(subject)
  }
}

function setOrDelete<K, V>(map: Map<K, V>, key: K, value: V | null): void {
  if (value === null) map.delete(key)
  else map.set(key, value)
}
