/** Asking running workers about their state: `run(topology, { queries: { port: 8080 } })` answers, `queryClient` asks. */
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
export type { OriginJson, RowJson } from './json-of.ts'
export type { QueryOptions } from './server.ts'
