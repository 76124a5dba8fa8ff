/** What is answered, as it goes over the wire. */
import type { OriginJson, RowBytesJson, RowJson } from './json-of.ts'
import type { LayoutKind } from './layouts/layout.ts'
import type { Question } from './question.ts'

/** One row, or null; its origin beside it. */
export interface GetAnswer extends OriginJson {
  readonly store: string
  readonly row: RowJson | RowBytesJson | null
}

/** Some rows; `cursor` asks for those that follow. */
export interface RowsAnswer {
  readonly store: string
  readonly rows: readonly ((RowJson | RowBytesJson) & { readonly partition: number })[]
  /** Null at the end. */
  readonly cursor: string | null
  readonly origins: readonly OriginJson[]
}

export interface StoreAnswer {
  readonly name: string
  readonly node: string
  readonly kind: LayoutKind
  readonly reads: readonly string[]
  readonly key: string
  readonly value: string
  readonly tasks: readonly { readonly task: string; readonly partition: number; readonly address: string | null }[]
}

export interface StoresAnswer {
  readonly schemaVersion: 1
  readonly app: string
  readonly stores: readonly StoreAnswer[]
}

export interface Answer {
  readonly status: number
  readonly body: unknown
  /** Where to ask instead. */
  readonly location?: string
}

/** Asks another worker the same, for one partition. */
export type AskElsewhere = (address: string, question: Question, task: string) => Promise<Answer>
