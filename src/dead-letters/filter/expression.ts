/** A filter as plain data. */

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'contains' | 'startsWith' | 'endsWith' | 'matches'

export type Expression =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expression[] }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'compare'; readonly by: Comparison; readonly left: Operand; readonly right: Operand }
  /** An operand alone: true is true, all else is not. */
  | { readonly kind: 'holds'; readonly of: Operand }

export type Literal = string | number | boolean | null

export type Operand =
  | { readonly kind: 'literal'; readonly value: Literal }
  | { readonly kind: 'field'; readonly field: FieldName; readonly path: readonly (string | number)[] }

/**
 * What a filter can ask for. `path`: names and numbers may follow.
 * @example filterFields.stage.meaning
 */
export const filterFields = {
  key: { path: true, type: 'any', meaning: 'the key: its JSON, else its text' },
  value: { path: true, type: 'any', meaning: 'the value: its JSON, else its text; value.order.id, value.items[0]' },
  headers: { path: true, type: 'any', meaning: 'headers["x"]: the last header of that name, as text' },
  topic: { path: false, type: 'text', meaning: 'where the record was read' },
  node: { path: false, type: 'text', meaning: 'the step that failed' },
  stage: { path: false, type: 'text', meaning: 'deserialize, process, serialize, produce, late, timeout' },
  code: { path: false, type: 'text', meaning: 'MR and four digits' },
  error: { path: false, type: 'text', meaning: 'class of the error' },
  message: { path: false, type: 'text', meaning: 'message of the error' },
  fingerprint: { path: false, type: 'text', meaning: 'as in groups' },
  family: { path: false, type: 'text', meaning: 'who wrote it: millrace, streams, connect, share-group, spring' },
  state: { path: false, type: 'text', meaning: 'open, redriven, edited, discarded' },
  partition: { path: false, type: 'number', meaning: 'of the letter' },
  offset: { path: false, type: 'number', meaning: 'of the letter' },
  time: { path: false, type: 'instant', meaning: 'when the letter was written: "2026-11-21T08:00Z", "-2h"' },
  attempts: { path: false, type: 'number', meaning: 'how often the record was tried' },
  count: { path: false, type: 'number', meaning: 'how often it was redriven' },
  parked: { path: false, type: 'truth', meaning: 'true: it waits behind another of its key' },
} as const

export type FieldName = keyof typeof filterFields

export function isField(name: string): name is FieldName {
  return Object.hasOwn(filterFields, name)
}
