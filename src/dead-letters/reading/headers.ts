/** Headers of all families, read into one report. Total: hostile headers leave gaps, they never throw. */
import { createHash } from 'node:crypto'
import type { RecordHeader } from '../../record.ts'
import type { LetterFamily, LetterReport, Place, Pointer } from '../letter.ts'
import { type FamilyHeaders, families, type HeaderForm, letterPrefixes, type ReportField } from './families.ts'

type Values = ReadonlyMap<string, Uint8Array>

/** An edited copy keeps the headers of whoever wrote the letter, and has this one besides. */
const [editedFrom] = families.millrace.editedFrom!

/**
 * What the headers of a dead letter say. Of repeated names the last wins.
 * @example reportOf([{ name: '__streams.errors.topic', value: Buffer.from('orders') }]).family // 'streams'
 */
export function reportOf(headers: readonly RecordHeader[]): LetterReport {
  const values = lastOfEach(headers)
  const family = familyOf(values)
  const names: FamilyHeaders = family === 'unknown' ? {} : families[family]
  const text = (field: ReportField): string | null => {
    const value = readField(values, names, field)
    return value === null ? null : String(value)
  }
  const number = (field: ReportField): number | null => {
    const value = readField(values, names, field)
    return typeof value === 'number' ? value : null
  }
  const [error, node, group] = [text('error'), text('node'), text('group')]
  return {
    family,
    source: placeOf(text('topic'), number('partition'), number('offset')),
    sourceTime: number('sourceTime'),
    sourceTimestampType: text('sourceTimestampType'),
    version: text('version'),
    app: text('app'),
    node: node ?? (family === 'spring' || family === 'share-group' ? group : null),
    stage: text('stage'),
    code: text('code'),
    error,
    message: text('message'),
    stack: text('stack'),
    fingerprint: text('fingerprint') ?? fingerprintOf(family, error, node ?? group),
    attempts: number('attempts'),
    firstFailedAt: number('firstFailedAt'),
    failedAt: number('failedAt'),
    task: text('task'),
    group,
    schemaId: text('schemaId'),
    redriveCount: Math.max(0, number('redriveCount') ?? 0),
    pointer: pointerOf(text('pointer'), number('pointerLength'), text('pointerSha256')),
    parkedBehind: text('parkedBehind'),
    editedFrom: values.has(editedFrom) ? Buffer.from(values.get(editedFrom)!).toString() : null,
  }
}

/** Of foreign families, and of ours where the header is missing. */
export function fingerprintOf(family: LetterFamily, error: string | null, node: string | null): string {
  return createHash('sha256')
    .update(JSON.stringify([family, error, node]))
    .digest('hex')
    .slice(0, 12)
}

function isLetterHeader(name: string): boolean {
  return letterPrefixes.some((prefix) => name.startsWith(prefix))
}

function lastOfEach(headers: readonly RecordHeader[]): Values {
  const values = new Map<string, Uint8Array>()
  for (const { name, value } of headers) {
    if (!isLetterHeader(name)) continue
    if (value === null) values.delete(name)
    else values.set(name, value)
  }
  return values
}

/** The first family of which any header is there; `__millrace.dlq.` tells ours from Kafka Streams'. */
function familyOf(values: Values): LetterFamily {
  if ([...values.keys()].some((name) => name.startsWith('__millrace.dlq.') && name !== editedFrom)) return 'millrace'
  for (const family of ['streams', 'connect', 'share-group', 'spring'] as const)
    if (Object.values(families[family]).some(([name]) => values.has(name))) return family
  return 'unknown'
}

function readField(values: Values, names: FamilyHeaders, field: ReportField): string | number | null {
  const header = names[field]
  const bytes = header && values.get(header[0])
  return bytes === undefined ? null : forms[header![1]](Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
}

const forms: Readonly<Record<HeaderForm, (bytes: Buffer) => string | number | null>> = {
  text: (bytes) => bytes.toString(),
  number: (bytes) => (bytes.length <= 17 ? wholeNumber(bytes.toString('latin1')) : null),
  int32: (bytes) => (bytes.length === 4 ? bytes.readInt32BE() : null),
  int64: (bytes) => (bytes.length === 8 ? safe(Number(bytes.readBigInt64BE())) : null),
  instant: (bytes) => (bytes.length <= 40 ? safe(Date.parse(bytes.toString('latin1'))) : null),
}

function wholeNumber(text: string): number | null {
  return /^-?\d+$/.test(text) ? safe(Number(text)) : null
}

function safe(value: number): number | null {
  return Number.isSafeInteger(value) ? value : null
}

function placeOf(topic: string | null, partition: number | null, offset: number | null): Place | null {
  return topic === null || partition === null || partition < 0 ? null : { topic, partition, offset: offset ?? -1 }
}

function pointerOf(pointer: string | null, length: number | null, sha256: string | null): Pointer | null {
  if (pointer === null || length === null || length < 0 || sha256 === null) return null
  return /^[0-9a-f]{64}$/.test(sha256) ? { length, sha256 } : null
}
