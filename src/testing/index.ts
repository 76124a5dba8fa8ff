/** Tools for tests of topologies. */
export { type BrokerOptions, type EmbeddedBroker, startBroker } from '../broker/index.ts'
export type { Recording } from '../runtime/time/recording.ts'
export { type DriveOptions, drive, type Flow, type PutOptions, type TakenRecord, type TypedTopic } from './drive.ts'
export type { HeldRecord, PausedTask } from './flow.ts'
export type { RawRecord } from './reader.ts'
export {
  addTallies,
  type CampaignOptions,
  type FailedSeed,
  noTally,
  runSeeds,
  type Tally,
} from './simulation/campaign.ts'
export { describeFailed } from './simulation/describe-failed.ts'
export type { PlannedFault } from './simulation/fault-plan.ts'
export { type FaultName, faultNames } from './simulation/faults/names.ts'
export { type FedRecord, type Feed, type FeedMoment, type FeedOptions, feed } from './simulation/feed.ts'
export type { Finding } from './simulation/history.ts'
export type { Cut } from './simulation/shrink.ts'
export { type SimulationOptions, type SimulationResult, simulate } from './simulation/simulate.ts'
export { type Simulation, simulation } from './simulation/simulation.ts'
export type { Surroundings } from './simulation/surroundings.ts'
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
