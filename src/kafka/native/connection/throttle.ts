/**
 * Who waits when a quota is exceeded (KIP-219): from these versions on the broker answers at once and leaves it to the
 * client to be silent on that connection for the time named; before, the broker has kept the answer back for so long.
 */
import type { Api } from '../../../wire/schema.ts'

/** First version in which the client waits. An API that is not listed is younger than the rule: all its versions. */
const firstVersions: Readonly<Record<string, number>> = {
  Produce: 6,
  Fetch: 8,
  ListOffsets: 3,
  Metadata: 6,
  OffsetCommit: 4,
  OffsetFetch: 4,
  FindCoordinator: 2,
  JoinGroup: 3,
  Heartbeat: 2,
  LeaveGroup: 2,
  SyncGroup: 2,
  DescribeGroups: 2,
  ListGroups: 2,
  ApiVersions: 2,
  CreateTopics: 3,
  DeleteTopics: 2,
  DeleteRecords: 1,
  InitProducerId: 1,
  AddPartitionsToTxn: 1,
  AddOffsetsToTxn: 1,
  EndTxn: 1,
  TxnOffsetCommit: 1,
  DescribeConfigs: 2,
  AlterConfigs: 1,
  CreatePartitions: 1,
  DeleteGroups: 1,
  DescribeLogDirs: 1,
}

/** The time that an answer asks for, in milliseconds; 0 for none. */
export function throttleOf(answer: unknown): number {
  const { throttleTimeMs } = answer as { readonly throttleTimeMs?: number }
  return throttleTimeMs !== undefined && throttleTimeMs > 0 ? throttleTimeMs : 0
}

/** Whether it is the client that has to be silent after an answer in this version. */
export function clientWaits(api: Api, version: number): boolean {
  return version >= (firstVersions[api.name] ?? 0)
}
