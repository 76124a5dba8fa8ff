/** Follows the rows of one task's store: those there are, then every committed change. */
import { toError } from '../faults.ts'
import { type HeldStore, originOf } from './held.ts'
import { originJson, placeJson, rowBytesJson, rowJson } from './json-of.ts'
import type { Where } from './layouts/layout.ts'
import { type PageSize, readPage, wanted } from './page.ts'
import type { Question } from './question.ts'
import type { CommittedChange } from './seen-rows.ts'
import { whenReady } from './when-ready.ts'

/** What is read at a time before the follower has taken it. */
const pageSize: PageSize = { rows: 500, bytes: 262_144 }

export interface Follower {
  /** One of a page: the next page waits until they are taken. */
  sendRow(message: object): void
  /** @returns false when too much waits already */
  sendChange(message: object): boolean
  /** Resolves when what was sent is on its way. */
  taken(): Promise<void>
  /** Nothing more comes. */
  ended(why: string): void
}

/** What is followed. */
export interface Following {
  readonly held: HeldStore
  readonly where: Where
  readonly format: Question['format']
  readonly follower: Follower
}

/**
 * Sends `row` for each row, then `present`; from then on `put` and `delete`. Rows are read a page at a time: a change
 * behind the last page is not sent by itself, since the row is still to be read, and comes with it.
 */
export class Follow {
  private readonly following: Following
  private readonly stop: () => void
  private after: Buffer | null = null
  private isPresent = false
  private isOver = false

  constructor(following: Following) {
    this.following = following
    this.stop = following.held.rows.listen({
      committed: (changes) => this.committed(changes),
      closed: () => this.end('the task has moved to another worker'),
    })
  }

  /** Until all rows there are have been sent, or the follower has gone. */
  async begin(): Promise<void> {
    while (!this.isOver && !(await whenReady(() => this.sendPage()))) await this.following.follower.taken()
  }

  end(why: string): void {
    if (this.isOver) return
    this.isOver = true
    this.stop()
    this.following.follower.ended(why)
  }

  /** @returns true when the last row was sent */
  private sendPage(): boolean {
    const { held, where, follower } = this.following
    const { found, after } = readPage(held, { ...where, after: this.after }, pageSize)
    for (const { row } of found) {
      const message = this.rowMessage('row', row.key, row.bytes)
      if (message !== null) follower.sendRow(message)
    }
    if (after !== null) {
      this.after = after
      return false
    }
    this.isPresent = true
    follower.sendRow({ type: 'present', ...originJson(originOf(held)) })
    return true
  }

  /** Called within the commit, which nothing here may disturb. */
  private committed(changes: readonly CommittedChange[]): void {
    try {
      for (const { key, bytes } of changes) {
        if (this.isOver || !this.isFollowed(key)) continue
        const message = bytes === null ? this.deletionMessage(key) : this.rowMessage('put', key, bytes)
        if (message !== null && !this.following.follower.sendChange(message)) this.end('it was not taken fast enough')
      }
    } catch (error) {
      this.end(`a row could not be read: ${toError(error).message}`)
    }
  }

  /** Of what lies behind the last page only the present is sent, with its page. */
  private isFollowed(key: Buffer): boolean {
    const { where, held } = this.following
    if (!this.isPresent && (this.after === null || Buffer.compare(key, this.after) > 0)) return false
    if (where.key !== null && held.layout.keyOf(key)?.equals(where.key) !== true) return false
    if (where.from !== null && Buffer.compare(key, where.from) < 0) return false
    return where.to === null || Buffer.compare(key, where.to) < 0
  }

  /** Null for a row that is not to be seen. */
  private rowMessage(type: 'row' | 'put', key: Buffer, bytes: Buffer): object | null {
    const { held, where, format } = this.following
    const { layout, seen } = held
    const entry = wanted(layout, { key, bytes }, where, seen.time())
    if (entry === null) return null
    const row = format === 'json' ? rowJson(entry, layout.kind) : rowBytesJson({ key, bytes })
    return { type, ...originJson(originOf(held)), ...row }
  }

  private deletionMessage(key: Buffer): object {
    const { held, format } = this.following
    const { layout } = held
    const place = format === 'json' ? placeJson(layout.place(key), layout.kind) : { rowKey: key.toString('base64') }
    return { type: 'delete', ...originJson(originOf(held)), ...place }
  }
}
