/** Tools for tests of topologies. */
export { type BrokerOptions, type EmbeddedBroker, startBroker } from '../broker/index.ts'
export type { Recording } from '../runtime/time/recording.ts'
export { type DriveOptions, drive, type Flow, type PutOptions, type TakenRecord, type TypedTopic } from './drive.ts'
export type { HeldRecord, PausedTask } from './flow.ts'
export type { RawRecord } from './reader.ts'
export type {
  AnyStored,
  AnyStoredRow,
  StoredBounds,
  StoredRow,
  StoredTable,
  StoredVersion,
  StoredVersions,
  StoredWindow,
  StoredWindows,
} from './stored/rows.ts'
