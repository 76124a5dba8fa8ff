/** The settings of one topic; what may be set is in `configs/definitions.ts`. */
import {
  type ConfigType,
  topicDefinitions as definitions,
  listOf,
  topicDefinition,
  valueProblem,
} from './configs/definitions.ts'

export interface ConfigEntry {
  readonly name: string
  readonly value: string
  readonly type: ConfigType
  /** Whether this is the default, not set for the topic. */
  readonly isDefault: boolean
}

/** The settings of one topic. */
export class TopicConfigs {
  readonly maximumMessageBytes: number
  readonly usesAppendTime: boolean
  readonly isCompacted: boolean
  /** Whether old records may go, by time or size or by request. */
  readonly isDeleted: boolean
  /** Milliseconds a record's time may lie in the future. */
  readonly timestampAfterMaximum: number
  /** Milliseconds a record's time may lie in the past. */
  readonly timestampBeforeMaximum: number
  readonly #set: ReadonlyMap<string, string>

  constructor(set: ReadonlyMap<string, string>) {
    this.#set = set
    this.maximumMessageBytes = Number(this.#valueOf('max.message.bytes'))
    this.usesAppendTime = this.#valueOf('message.timestamp.type') === 'LogAppendTime'
    const cleanup = listOf(this.#valueOf('cleanup.policy'))
    this.isCompacted = cleanup.includes('compact')
    this.isDeleted = cleanup.includes('delete')
    this.timestampAfterMaximum = Number(this.#valueOf('message.timestamp.after.max.ms'))
    this.timestampBeforeMaximum = Number(this.#valueOf('message.timestamp.before.max.ms'))
  }

  /** What is set, and not left to its default. */
  overrides(): ReadonlyMap<string, string> {
    return this.#set
  }

  entries(): ConfigEntry[] {
    return Object.entries(definitions).map(([name, { type }]) => ({
      name,
      value: this.#valueOf(name),
      type,
      isDefault: !this.#set.has(name),
    }))
  }

  #valueOf(name: string): string {
    return this.#set.get(name) ?? definitions[name]!.value
  }
}

/** What is wrong with a setting; null when nothing is. */
export function configProblem(name: string, value: string | null): string | null {
  const definition = topicDefinition(name)
  if (definition === undefined) return `Unknown topic config name: ${name}`
  if (value === null) return `Null value not supported for topic configs: ${name}`
  return valueProblem(name, definition, value)
}
