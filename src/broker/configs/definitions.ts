/** The settings of a topic as data: names, types and defaults of Apache Kafka 4.1, and what their values may be. */

export type ConfigType = 'boolean' | 'string' | 'int' | 'long' | 'double' | 'list'

export interface Definition {
  readonly type: ConfigType
  /** Apache Kafka's default. */
  readonly value: string
  /** The values there are, for those that have a closed list. */
  readonly among?: readonly string[]
  readonly least?: number
  readonly most?: number
  /** The broker's setting that is the topic's default, where there is one. */
  readonly node?: string
}

const largestLong = '9223372036854775807'
const codecs = ['producer', 'uncompressed', 'gzip', 'snappy', 'lz4', 'zstd']

export const topicDefinitions: Readonly<Record<string, Definition>> = {
  'cleanup.policy': { type: 'list', value: 'delete', among: ['delete', 'compact'], node: 'log.cleanup.policy' },
  'compression.gzip.level': { type: 'int', value: '-1', least: -1, most: 9, node: 'compression.gzip.level' },
  'compression.lz4.level': { type: 'int', value: '9', least: 1, most: 17, node: 'compression.lz4.level' },
  'compression.type': { type: 'string', value: 'producer', among: codecs, node: 'compression.type' },
  'compression.zstd.level': { type: 'int', value: '3', least: -131_072, most: 22, node: 'compression.zstd.level' },
  'delete.retention.ms': { type: 'long', value: '86400000', least: 0, node: 'log.cleaner.delete.retention.ms' },
  'file.delete.delay.ms': { type: 'long', value: '60000', least: 0, node: 'log.segment.delete.delay.ms' },
  'flush.messages': { type: 'long', value: largestLong, least: 1, node: 'log.flush.interval.messages' },
  'flush.ms': { type: 'long', value: largestLong, least: 0 },
  'follower.replication.throttled.replicas': { type: 'list', value: '' },
  'index.interval.bytes': { type: 'int', value: '4096', least: 0, node: 'log.index.interval.bytes' },
  'leader.replication.throttled.replicas': { type: 'list', value: '' },
  'local.retention.bytes': { type: 'long', value: '-2', least: -2, node: 'log.local.retention.bytes' },
  'local.retention.ms': { type: 'long', value: '-2', least: -2, node: 'log.local.retention.ms' },
  'max.compaction.lag.ms': { type: 'long', value: largestLong, least: 1, node: 'log.cleaner.max.compaction.lag.ms' },
  'max.message.bytes': { type: 'int', value: '1048588', least: 0, node: 'message.max.bytes' },
  'message.timestamp.after.max.ms': {
    type: 'long',
    value: '3600000',
    least: 0,
    node: 'log.message.timestamp.after.max.ms',
  },
  'message.timestamp.before.max.ms': {
    type: 'long',
    value: largestLong,
    least: 0,
    node: 'log.message.timestamp.before.max.ms',
  },
  'message.timestamp.type': {
    type: 'string',
    value: 'CreateTime',
    among: ['CreateTime', 'LogAppendTime'],
    node: 'log.message.timestamp.type',
  },
  'min.cleanable.dirty.ratio': {
    type: 'double',
    value: '0.5',
    least: 0,
    most: 1,
    node: 'log.cleaner.min.cleanable.ratio',
  },
  'min.compaction.lag.ms': { type: 'long', value: '0', least: 0, node: 'log.cleaner.min.compaction.lag.ms' },
  'min.insync.replicas': { type: 'int', value: '1', least: 1, node: 'min.insync.replicas' },
  preallocate: { type: 'boolean', value: 'false', node: 'log.preallocate' },
  'remote.log.copy.disable': { type: 'boolean', value: 'false' },
  'remote.log.delete.on.disable': { type: 'boolean', value: 'false' },
  'remote.storage.enable': { type: 'boolean', value: 'false' },
  'retention.bytes': { type: 'long', value: '-1', node: 'log.retention.bytes' },
  'retention.ms': { type: 'long', value: '604800000', least: -1 },
  // Kafka 4.1 wants a mebibyte at least; older ones did not, and segments that roll soon are good for tests.
  'segment.bytes': { type: 'int', value: '1073741824', least: 14, node: 'log.segment.bytes' },
  'segment.index.bytes': { type: 'int', value: '10485760', least: 4, node: 'log.index.size.max.bytes' },
  'segment.jitter.ms': { type: 'long', value: '0', least: 0 },
  'segment.ms': { type: 'long', value: '604800000', least: 1 },
  'unclean.leader.election.enable': { type: 'boolean', value: 'false', node: 'unclean.leader.election.enable' },
}

/** Also of names that every object has and no topic does. */
export function topicDefinition(name: string): Definition | undefined {
  return Object.hasOwn(topicDefinitions, name) ? topicDefinitions[name] : undefined
}

/** What is wrong with a value; null when nothing is. */
export function valueProblem(name: string, { type, among, least, most }: Definition, value: string): string | null {
  const text = value.trim()
  const parts = type === 'list' ? everyPart(text) : [text]
  const isOneOf = among === undefined || parts.every((part) => among.includes(part))
  if (!isOneOf) return `${name} is one of ${among.join(', ')}, not ${value}`
  if (!isOfType(type, text)) return `${name} is of type ${type}, which ${value} is not`
  if (type !== 'int' && type !== 'long' && type !== 'double') return null
  if (least !== undefined && Number(text) < least) return `${name} is at least ${least}, not ${value}`
  return most !== undefined && Number(text) > most ? `${name} is at most ${most}, not ${value}` : null
}

/** The parts of a list, as Kafka splits it; none in an empty one. */
export function listOf(value: string): string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** Those that are empty too: a list must not have them. */
function everyPart(text: string): string[] {
  return text === '' ? [] : text.split(',').map((part) => part.trim())
}

const limits = { int: 2n ** 31n, long: 2n ** 63n } as const

function isOfType(type: ConfigType, text: string): boolean {
  if (type === 'boolean') return /^(true|false)$/i.test(text)
  if (type === 'double') return text !== '' && Number.isFinite(Number(text))
  if (type !== 'int' && type !== 'long') return true
  return (
    /^[+-]?\d{1,19}$/.test(text) &&
    BigInt(text.replace('+', '')) < limits[type] &&
    BigInt(text.replace('+', '')) >= -limits[type]
  )
}
