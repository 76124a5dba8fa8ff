/**
 * Brokers and controller of the cluster.
 *
 * Version notes: 0 flexible · 1 brokers or controllers (KIP-919) · 2 fenced brokers (KIP-1073).
 */
import { api, array, bool, int8, int16, int32, nullable, since, string } from '../schema.ts'

export const DescribeCluster = api(60, 'DescribeCluster', {
  versions: [0, 2],
  flexible: 0,
  request: {
    includeClusterAuthorizedOperations: bool,
    endpointType: since(1, int8, 1),
    includeFencedBrokers: since(2, bool),
  },
  response: {
    throttleTimeMs: int32,
    errorCode: int16,
    errorMessage: nullable(string),
    endpointType: since(1, int8, 1),
    clusterId: string,
    controllerId: int32,
    brokers: array({ brokerId: int32, host: string, port: int32, rack: nullable(string), isFenced: since(2, bool) }),
    clusterAuthorizedOperations: int32,
  },
})
