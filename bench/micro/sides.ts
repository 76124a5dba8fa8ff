/** The parts of one checkout that touch every record, and work for each of them. */
import { pathToFileURL } from 'node:url'

/** What is used of a checkout, loaded by its path: it may be another than this. So its types are said here. */
export interface Side {
  readonly batch: {
    readonly BatchBuilder: new () => Builder
    readBatches(bytes: Buffer): Batch[]
    /** Older ones threw memory away. */
    readonly giveMemoryBack?: (bytes: Buffer) => void
  }
  readonly text: { decode(bytes: Buffer, start: number, end: number): string }
  readonly Outputs: new (transactions: unknown, topics: ReadonlyMap<string, unknown>) => Outputs
  readonly UndoLog: new () => { forget(): void }
  taskEnvironment(task: unknown, ports: unknown): Environment
}

interface Builder {
  readonly sizeInBytes: number
  append(time: number, key: string, value: string): void
  build(options: { readonly transactional?: boolean }): Buffer
}

interface Batch {
  isCrcValid(): boolean
  cursor(): Cursor
}

interface Cursor {
  readonly bytes: Buffer
  readonly keyStart: number
  readonly keyEnd: number
  readonly valueStart: number
  readonly valueEnd: number
  next(): boolean
}

interface Outputs {
  sendFull(): void
  sendAll(): void
  reset(): void
}

interface Environment {
  emitSink(node: unknown, key: unknown, value: unknown, time: number): void
}

export interface Work {
  readonly name: string
  /** Gives what is timed: one call works all records. */
  prepare(side: Side, records: readonly PlainRecord[]): () => void
}

export interface PlainRecord {
  readonly time: number
  readonly key: string
  readonly value: string
}

const recordsPerCommit = 50_000

export async function sideOf(folder: string): Promise<Side> {
  const load = (path: string) => import(pathToFileURL(`${folder}/src/${path}`).href)
  const [batch, text, emit, undo, environment] = await Promise.all([
    load('wire/batch.ts'),
    load('serde/text.ts'),
    load('runtime/commit/emit.ts'),
    load('state/undo.ts'),
    load('runtime/tasks/task-environment.ts'),
  ])
  return { batch, ...text, ...emit, ...undo, ...environment }
}

/** Keys as auctions have them: every second record has the hot one, the others one of a hundred. */
export function recordsOf(count: number): PlainRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const hot = 1_000 + Math.floor(index / 1_600) * 100
    const key = String(index % 2 === 0 ? hot : hot + ((index * 7_919) % 100))
    const time = 1_767_225_600_000 + Math.floor(index / 10)
    const words = `"auction":${key},"bidder":${1_000 + (index % 977)},"price":${(index * 31) % 90_000}`
    return { time, key, value: `{${words},"channel":"Google","dateTime":${time},"extra":"${'x'.repeat(28)}"}` }
  })
}

export const works: readonly Work[] = [
  { name: 'checksum', prepare: (side, records) => overBatches(side, records, (batch) => batch.isCrcValid()) },
  { name: 'walk', prepare: (side, records) => overBatches(side, records, walk) },
  { name: 'walk, key as text', prepare: (side, records) => overBatches(side, records, readKeys) },
  { name: 'walk, value as text', prepare: (side, records) => overBatches(side, records, readValues) },
  { name: 'emit text, 4 partitions', prepare: (side, records) => emitter(side, records, 4) },
  { name: 'emit text, 256 partitions', prepare: (side, records) => emitter(side, records, 256) },
]

/** Takes what was read, so that no engine can tell that nobody looks at it. */
const seen = { sum: 0 }

function overBatches(
  side: Side,
  records: readonly PlainRecord[],
  read: (batch: Batch, side: Side) => unknown,
): () => void {
  const builder = new side.batch.BatchBuilder()
  const batches: Batch[] = []
  for (const { time, key, value } of records) {
    builder.append(time, key, value)
    if (builder.sizeInBytes > 250_000) batches.push(...side.batch.readBatches(builder.build({})))
  }
  batches.push(...side.batch.readBatches(builder.build({})))
  return () => {
    for (const batch of batches) read(batch, side)
  }
}

function walk(batch: Batch): void {
  const cursor = batch.cursor()
  while (cursor.next()) seen.sum += cursor.valueEnd
}

function readKeys(batch: Batch, { text }: Side): void {
  const cursor = batch.cursor()
  while (cursor.next()) seen.sum += text.decode(cursor.bytes, cursor.keyStart, cursor.keyEnd).length
}

function readValues(batch: Batch, { text }: Side): void {
  const cursor = batch.cursor()
  while (cursor.next()) seen.sum += text.decode(cursor.bytes, cursor.valueStart, cursor.valueEnd).length
}

function emitter(side: Side, records: readonly PlainRecord[], partitionCount: number): () => void {
  const topics = new Map([['out', { partitions: partitionCount, maxMessageBytes: 1_048_588 }]])
  const outputs = new side.Outputs(transactionsThatBuild(side.batch.giveMemoryBack), topics)
  const undo = new side.UndoLog()
  const node = { kind: 'sink', topic: { kind: 'topic', name: 'out', key: side.text, value: side.text } }
  const task = { undo, description: { partition: 0 } }
  const thread = { graph: { app: 'bench' } }
  const environment = side.taskEnvironment(task, { thread, outputs, failures: {}, globals: {} })
  return () => {
    let left = recordsPerCommit
    for (const { time, key, value } of records) {
      environment.emitSink(node, key, value, time)
      undo.forget()
      outputs.sendFull()
      if (--left > 0) continue
      outputs.sendAll()
      outputs.reset()
      left = recordsPerCommit
    }
  }
}

/** Builds every batch, checksum and all, and keeps none: acknowledged at once. */
function transactionsThatBuild(giveBack?: (bytes: Buffer) => void): unknown {
  const acknowledged = Promise.resolve({ offset: 0 })
  return {
    append(_place: unknown, builder: Builder) {
      const bytes = builder.build({ transactional: true })
      seen.sum += bytes.length
      giveBack?.(bytes)
      return acknowledged
    },
  }
}
