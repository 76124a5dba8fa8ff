/** The configuration of a topic: which names there are, their defaults, and what their values may be. */

export type ConfigType = 'boolean' | 'string' | 'int' | 'long' | 'double' | 'list'

interface Definition {
  readonly type: ConfigType
  /** Apache Kafka's default. */
  readonly value: string
  /** The values there are, for those that have a closed list. */
  readonly among?: readonly string[]
}

const largestLong = '9223372036854775807'

/** Names and defaults of Apache Kafka 4.1. */
const definitions: Readonly<Record<string, Definition>> = {
  'cleanup.policy': { type: 'list', value: 'delete', among: ['delete', 'compact'] },
  'compression.gzip.level': { type: 'int', value: '-1' },
  'compression.lz4.level': { type: 'int', value: '9' },
  'compression.type': {
    type: 'string',
    value: 'producer',
    among: ['producer', 'uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'],
  },
  'compression.zstd.level': { type: 'int', value: '3' },
  'delete.retention.ms': { type: 'long', value: '86400000' },
  'file.delete.delay.ms': { type: 'long', value: '60000' },
  'flush.messages': { type: 'long', value: largestLong },
  'flush.ms': { type: 'long', value: largestLong },
  'follower.replication.throttled.replicas': { type: 'list', value: '' },
  'index.interval.bytes': { type: 'int', value: '4096' },
  'leader.replication.throttled.replicas': { type: 'list', value: '' },
  'local.retention.bytes': { type: 'long', value: '-2' },
  'local.retention.ms': { type: 'long', value: '-2' },
  'max.compaction.lag.ms': { type: 'long', value: largestLong },
  'max.message.bytes': { type: 'int', value: '1048588' },
  'message.timestamp.after.max.ms': { type: 'long', value: '3600000' },
  'message.timestamp.before.max.ms': { type: 'long', value: largestLong },
  'message.timestamp.type': { type: 'string', value: 'CreateTime', among: ['CreateTime', 'LogAppendTime'] },
  'min.cleanable.dirty.ratio': { type: 'double', value: '0.5' },
  'min.compaction.lag.ms': { type: 'long', value: '0' },
  'min.insync.replicas': { type: 'int', value: '1' },
  preallocate: { type: 'boolean', value: 'false' },
  'remote.log.copy.disable': { type: 'boolean', value: 'false' },
  'remote.log.delete.on.disable': { type: 'boolean', value: 'false' },
  'remote.storage.enable': { type: 'boolean', value: 'false' },
  'retention.bytes': { type: 'long', value: '-1' },
  'retention.ms': { type: 'long', value: '604800000' },
  'segment.bytes': { type: 'int', value: '1073741824' },
  'segment.index.bytes': { type: 'int', value: '10485760' },
  'segment.jitter.ms': { type: 'long', value: '0' },
  'segment.ms': { type: 'long', value: '604800000' },
  'unclean.leader.election.enable': { type: 'boolean', value: 'false' },
}

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
  /** Milliseconds a record's time may lie in the future. */
  readonly timestampAfterMaximum: number
  /** Milliseconds a record's time may lie in the past. */
  readonly timestampBeforeMaximum: number
  readonly #set: ReadonlyMap<string, string>

  constructor(set: ReadonlyMap<string, string>) {
    this.#set = set
    this.maximumMessageBytes = Number(this.#valueOf('max.message.bytes'))
    this.usesAppendTime = this.#valueOf('message.timestamp.type') === 'LogAppendTime'
    this.isCompacted = this.#valueOf('cleanup.policy').includes('compact')
    this.timestampAfterMaximum = Number(this.#valueOf('message.timestamp.after.max.ms'))
    this.timestampBeforeMaximum = Number(this.#valueOf('message.timestamp.before.max.ms'))
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
  const definition = definitions[name]
  if (definition === undefined) return `Unknown topic config name: ${name}`
  if (value === null) return `Null value not supported for topic configs: ${name}`
  if (isValid(definition, value)) return null
  return `Invalid value ${value} for configuration ${name}`
}

function isValid({ type, among }: Definition, value: string): boolean {
  const parts = type === 'list' ? value.split(',').map((part) => part.trim()) : [value]
  if (among !== undefined) return parts.every((part) => among.includes(part))
  if (type === 'boolean') return value === 'true' || value === 'false'
  if (type === 'int' || type === 'long') return /^-?\d{1,19}$/.test(value)
  return type === 'double' ? Number.isFinite(Number(value)) && value.trim() !== '' : true
}
