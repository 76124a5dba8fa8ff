/** Answers that lead a client on: the peer is the only node, leads everything and coordinates everybody. */
import { apis } from '../../src/wire/apis/index.ts'
import type { Api } from '../../src/wire/schema.ts'

interface Place {
  readonly port: number
  readonly version: number
}

const nodeId = 1
const host = '127.0.0.1'
const partitions = [0, 1]

const answers: Readonly<Record<string, (place: Place) => object>> = {
  ApiVersions: () => ({
    errorCode: 0,
    apiKeys: [...apis.values()].map(({ key, versions }) => ({
      apiKey: key,
      minVersion: versions[0],
      maxVersion: versions[1],
    })),
    finalizedFeatures: [{ name: 'transaction.version', minVersionLevel: 2, maxVersionLevel: 2 }],
  }),
  Metadata: ({ port }) => ({
    brokers: [{ nodeId, host, port, rack: null }],
    clusterId: 'fuzz',
    controllerId: nodeId,
    topics: [
      {
        errorCode: 0,
        name: 'plain',
        partitions: partitions.map((partitionIndex) => ({
          errorCode: 0,
          partitionIndex,
          leaderId: nodeId,
          leaderEpoch: 0,
          replicaNodes: [nodeId],
          isrNodes: [nodeId],
        })),
      },
    ],
  }),
  FindCoordinator: ({ port, version }) =>
    version >= 4
      ? {
          coordinators: ['group', 'transaction'].map((key) => ({
            key,
            nodeId,
            host,
            port,
            errorCode: 0,
            errorMessage: null,
          })),
        }
      : { errorCode: 0, errorMessage: null, nodeId, host, port },
  InitProducerId: () => ({ errorCode: 0, producerId: 1, producerEpoch: 0 }),
  EndTxn: () => ({ errorCode: 0 }),
}

/** What a good broker might say; null for requests that have no such answer here. */
export function plausible(api: Api, place: Place): object | null {
  const answer = answers[api.name]?.(place) ?? null
  return answer === null ? null : { throttleTimeMs: 0, ...answer }
}
