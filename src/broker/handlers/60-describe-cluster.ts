/**
 * DescribeCluster.
 * Behaviour: the nodes that live, and which of them is the controller.
 * Version notes: 1 controllers (endpoint type 2), which cannot be asked for here.
 */
import { DescribeCluster } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { ResponseInput } from '../../wire/schema.ts'
import type { Broker } from '../broker.ts'
import { type AnyHandler, handler } from '../handler.ts'

const brokersType = 1

export const describeCluster: AnyHandler = handler({
  api: DescribeCluster,
  execute({ endpointType }, broker) {
    if (endpointType !== brokersType) return empty(errorCode.UNSUPPORTED_ENDPOINT_TYPE)
    return { ...empty(errorCode.NONE), ...cluster(broker) }
  },
  refuse: (_, code) => empty(code),
})

function cluster(
  broker: Broker,
): Pick<ResponseInput<typeof DescribeCluster>, 'clusterId' | 'controllerId' | 'brokers'> {
  const brokers = broker.nodes.alive().map(({ id, rack, address }) => ({ brokerId: id, ...address, rack }))
  return { clusterId: broker.clusterId, controllerId: broker.nodes.controller, brokers }
}

const rightsNotAsked = -2147483648

function empty(code: number): ResponseInput<typeof DescribeCluster> {
  return {
    throttleTimeMs: 0,
    errorCode: code,
    errorMessage: null,
    clusterId: '',
    controllerId: -1,
    brokers: [],
    clusterAuthorizedOperations: rightsNotAsked,
  }
}
