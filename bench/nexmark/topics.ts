/** The topics as topologies declare them. Each query names the fields that it reads: what isn't named is not built. */
import type { z } from 'zod'
import {
  type GlobalTable,
  globalTable,
  json,
  type Serde,
  type TableTopic,
  type Topic,
  table,
  text,
  topic,
} from '../../src/index.ts'
import { type InputName, outputTopic, type QueryName } from './specification.ts'

export const inputTopics: Readonly<Record<InputName, string>> = {
  persons: 'nexmark.persons',
  auctions: 'nexmark.auctions',
  bids: 'nexmark.bids',
  side: 'nexmark.side',
}

/** `json-parse` promises types instead of declaring them, so that what schemas gain can be seen apart. */
export const variants = ['fast-json', 'json-parse'] as const
export type Variant = (typeof variants)[number]

/** By environment, since `millrace run FILE` loads these files. */
const variant = process.env.BENCH_VARIANT ?? 'fast-json'
if (!variants.some((known) => known === variant)) throw new Error(`BENCH_VARIANT cannot be "${variant}"`)

/** JSON by the variant that is measured. @example jsonOf(Bid.pick({ auction: true })) */
export function jsonOf<S extends z.ZodType>(schema: S): Serde<z.output<S>> {
  return variant === 'json-parse' ? json<z.output<S>>() : (json(schema) as Serde<z.output<S>>)
}

/** An input as a stream, with the fields of `schema`. */
export function input<S extends z.ZodType>(name: InputName, schema: S): Topic<string, z.output<S>> {
  return topic(inputTopics[name], { key: text, value: jsonOf(schema) })
}

/** An input as a table, a row per key. */
export function inputTable<S extends z.ZodType>(name: InputName, schema: S): TableTopic<string, z.output<S>> {
  return table(inputTopics[name], { value: jsonOf(schema) })
}

/** An input of which every worker holds a whole copy. */
export function inputCopy<S extends z.ZodType>(name: InputName, schema: S): GlobalTable<string, z.output<S>> {
  return globalTable(inputTopics[name], { value: jsonOf(schema) })
}

/** Where Millrace writes a work's result. Its rows go by whatever key the query ends with. */
export function output<S extends z.ZodType>(work: QueryName, schema: S): Topic<string, z.output<S>> {
  return topic(outputTopic('millrace', work), { key: text, value: jsonOf(schema) })
}

/** As `output`, for a table: rows may be deleted. */
export function outputTable<S extends z.ZodType>(work: QueryName, schema: S): TableTopic<string, z.output<S>> {
  return table(outputTopic('millrace', work), { value: jsonOf(schema) })
}
