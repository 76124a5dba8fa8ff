/** Answers questions: from the rows of this thread, and for those of other threads by asking them. */
import type { Answer, AskElsewhere, GetAnswer, RowsAnswer } from './answers.ts'
import { versionAt } from './as-of.ts'
import { type CatalogStore, partitionOfKey } from './catalog.ts'
import { encodeCursor } from './cursor.ts'
import type { Desk, Place } from './desk.ts'
import { type HeldStore, originOf } from './held.ts'
import {
  type OriginJson,
  originJson,
  type RowBytesJson,
  type RowJson,
  rowBytesJson,
  rowJson,
  timeText,
} from './json-of.ts'
import type { LayoutKind, Where } from './layouts/layout.ts'
import { listing } from './listing.ts'
import { type Found, readPage } from './page.ts'
import type { Question } from './question.ts'
import { badRequest } from './refusal.ts'
import { forwarded, isGet, whereOf } from './wanted.ts'
import { whenReady } from './when-ready.ts'

/** Who asks on whose behalf. */
export interface Asker {
  readonly desk: Desk
  readonly elsewhere: AskElsewhere
  readonly isPeer: boolean
}

/** @throws Refusal for whatever gets no answer */
export async function answer(asker: Asker, question: Question): Promise<Answer> {
  const { desk } = asker
  if (question.store === null) return { status: 200, body: listing(desk) }
  const store = desk.store(question.store)
  const where = whereOf(store, question)
  if (where.key === null && question.partition === null) return await scanAll(asker, store, question)
  const partition = checkPartition(store, question.partition ?? partitionOfKey(store, where.key!))
  const one: Question = { ...question, partition }
  const place = desk.place(store, partition, { ...asker, standbyOk: question.standbyOk })
  if (place.kind === 'here') return await answerHere(place.held, one, where, store)
  return await answerThere(asker, place, forwarded(store, one, where))
}

async function answerThere(
  asker: Asker,
  { address, task }: Place & { kind: 'there' },
  question: Question,
): Promise<Answer> {
  if (!question.redirect) return await asker.elsewhere(address, question, task)
  return { status: 307, body: { task, address }, location: address }
}

async function answerHere(held: HeldStore, question: Question, where: Where, store: CatalogStore): Promise<Answer> {
  return isGet(store, question) ? await get(held, question, where) : await rowsOf(held, question, where)
}

async function get(held: HeldStore, { format, at }: Question, where: Where): Promise<Answer> {
  const { layout, seen } = held
  const found = await whenReady(() =>
    layout.kind === 'versions'
      ? versionAt(held, where.key!, at)
      : (readPage(held, where, { rows: 1 }).found[0] ?? null),
  )
  const row = found && jsonOf(found, layout.kind, format)
  const body: GetAnswer = { store: seen.store.name, ...originJson(originOf(held)), row }
  return { status: row === null ? 404 : 200, body }
}

function jsonOf({ row, entry }: Found, kind: LayoutKind, format: Question['format']): RowJson | RowBytesJson {
  if (format === 'json') return rowJson(entry, kind)
  return kind === 'versions' ? { ...rowBytesJson(row), validTo: timeText(entry.span!.end) } : rowBytesJson(row)
}

async function rowsOf(held: HeldStore, { format, limit }: Question, where: Where): Promise<Answer> {
  const { layout, seen } = held
  const { found, after } = await whenReady(() => readPage(held, where, { rows: limit }))
  const body: RowsAnswer = {
    store: seen.store.name,
    rows: found.map((each) => ({ partition: seen.partition, ...jsonOf(each, layout.kind, format) })),
    cursor: after && encodeCursor({ partition: seen.partition, after }),
    origins: [originJson(originOf(held))],
  }
  return { status: 200, body }
}

/** Partition after partition, until the page is full. */
async function scanAll(asker: Asker, store: CatalogStore, question: Question): Promise<Answer> {
  const rows: RowsAnswer['rows'][number][] = []
  const origins: OriginJson[] = []
  let next = question.cursor ?? { partition: 0, after: null }
  checkPartition(store, next.partition)
  while (next.partition < store.partitions) {
    const { partition } = next
    const part = await answer(asker, {
      ...question,
      partition,
      cursor: next,
      limit: question.limit - rows.length,
      redirect: false,
    })
    if (part.status !== 200) return part
    const page = part.body as RowsAnswer
    rows.push(...page.rows)
    origins.push(...page.origins)
    if (page.cursor !== null) return scanned(store, rows, page.cursor, origins)
    next = { partition: partition + 1, after: null }
    if (rows.length >= question.limit && next.partition < store.partitions) {
      return scanned(store, rows, encodeCursor(next), origins)
    }
  }
  return scanned(store, rows, null, origins)
}

function scanned(
  { name }: CatalogStore,
  rows: RowsAnswer['rows'],
  cursor: string | null,
  origins: OriginJson[],
): Answer {
  const body: RowsAnswer = { store: name, rows, cursor, origins }
  return { status: 200, body }
}

function checkPartition({ name, partitions }: CatalogStore, partition: number): number {
  if (partition < partitions) return partition
  throw badRequest(`${name} has ${partitions} partitions: there is no ${partition}`)
}
