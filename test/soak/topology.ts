/**
 * What the soak runs: two inputs → parse → a copy of every record → repartition → join with a table → sums in tumbling and
 * session windows and in all → outputs, dead letters, late records.
 */
import {
  deadLetter,
  from,
  json,
  reject,
  session,
  type Topology,
  table,
  text,
  topic,
  topology,
  tumbling,
} from '../../src/index.ts'
import { accountOf, checksumOf, printOf, type SoakRecord } from './record.ts'

export const app = 'soak'
export const partitions = 8
export const windowMilliseconds = 10_000
export const gapMilliseconds = 2_000
export const outOfOrderness = { seconds: 1 }

export interface Sum {
  readonly count: number
  readonly sum: number
  readonly min: number
  /** Of the set of records it is a sum of. */
  readonly print: number
}

export interface Joined extends SoakRecord {
  /** What the table says of the account. */
  readonly owner: string
}

export interface WindowSum extends Sum {
  readonly start: number
  readonly end: number
}

const key = text
const options = {
  timestamp: ({ eventTime }: SoakRecord) => eventTime,
  outOfOrderness,
  idle: 'off' as const,
  onFailure: [deadLetter('poison')],
}

export const left = topic('soak-left', { key, value: json<SoakRecord>() })
export const right = topic('soak-right', { key, value: json<SoakRecord>() })
export const owners = table('soak-owners', { value: json<{ readonly owner: string }>() })
export const copies = topic('soak-copies', { key, value: json<SoakRecord>() })
export const joined = topic('soak-joined', { key, value: json<Joined>() })
export const totals = topic('soak-totals', { key, value: json<Sum>() })
export const windows = topic('soak-windows', { key, value: json<WindowSum>() })
export const sessions = topic('soak-sessions', { key, value: json<WindowSum>() })
export const lateForWindows = topic('soak-late-windows', { key, value: json<Joined>() })
export const lateForSessions = topic('soak-late-sessions', { key, value: json<Joined>() })
export const deadLetters = `${app}.dlq.poison`
export const totalsStore = 'totals'

const none: Sum = { count: 0, sum: 0, min: Number.MAX_SAFE_INTEGER, print: 0 }

function add(sum: Sum, record: SoakRecord): Sum {
  return merge(sum, { count: 1, sum: record.amount, min: record.amount, print: printOf(record) })
}

function merge(one: Sum, other: Sum): Sum {
  return {
    count: one.count + other.count,
    sum: one.sum + other.sum,
    min: Math.min(one.min, other.min),
    print: (one.print + other.print) % 0x1_0000_0000,
  }
}

function withoutDamage(record: SoakRecord): SoakRecord {
  if (record.crc !== checksumOf(record)) throw reject(`the checksum of ${record.producer}/${record.seq} is wrong`)
  return record
}

const records = from(left, options).merge(from(right, options)).map(withoutDamage)
const byAccount = records
  .keyBy('by-account', (record) => accountOf(record.key))
  .leftJoin(from(owners), (record, row): Joined => ({ ...record, owner: row?.owner ?? 'nobody' }))
const fold = { as: json<Sum>(), start: none, add }
const inWindows = byAccount.window(tumbling({ milliseconds: windowMilliseconds })).aggregate('in-windows', fold)
const inSessions = byAccount
  .window(session({ milliseconds: gapMilliseconds }))
  .aggregate('in-sessions', { ...fold, merge })

const withWindow = (sum: Sum, { window }: { readonly window: { readonly start: Date; readonly end: Date } }) => ({
  ...sum,
  start: Number(window.start),
  end: Number(window.end),
})

export const soak: Topology = topology(
  app,
  records.to(copies),
  byAccount.to(joined),
  byAccount.aggregate(totalsStore, fold).coalesce().to(totals),
  inWindows.map(withWindow).to(windows),
  inWindows.late.map(({ value }) => value).to(lateForWindows),
  inSessions.map(withWindow).to(sessions),
  inSessions.late.map(({ value }) => value).to(lateForSessions),
)
