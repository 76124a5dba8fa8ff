/** Asking running workers about their state: `run(topology, { queries: { port: 8080 } })` answers, `queryClient` asks. */
export type { GetAnswer, RowsAnswer, StoreAnswer, StoresAnswer } from './answers.ts'
export { type ClientOptions, type QueryClient, queryClient } from './client.ts'
export type {
  Following,
  KeyBounds,
  LiveEvent,
  TableQueries,
  TableRow,
  TimeBounds,
  VersionQueries,
  VersionRow,
  WindowQueries,
  WindowRow,
} from './client-rows.ts'
export type { Origin } from './entry.ts'
export { type FoundWorkers, findWorkers } from './find-workers.ts'
export type { OriginJson, RowJson } from './json-of.ts'
export type { QueryOptions } from './options.ts'
export { PlainClient, type PlainOptions, type PlainParameters } from './plain-client.ts'
