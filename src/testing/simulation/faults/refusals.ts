/** Errors with which brokers answer although nothing is wrong with the request: what has to be asked again, or begun anew. */
import { errorCode } from '../../../wire/errors.ts'
import type { Cause } from './fault.ts'
import { anyWorker } from './process.ts'

type Code = keyof typeof errorCode

export const refusals = {
  refusedProduce: refused('Produce', ['NOT_LEADER_OR_FOLLOWER', 'CONCURRENT_TRANSACTIONS']),
  refusedOffsets: refused('TxnOffsetCommit', [
    'COORDINATOR_LOAD_IN_PROGRESS',
    'NOT_COORDINATOR',
    'COORDINATOR_NOT_AVAILABLE',
    'ILLEGAL_GENERATION',
  ]),
  refusedEnd: refused('EndTxn', ['COORDINATOR_LOAD_IN_PROGRESS', 'NOT_COORDINATOR', 'CONCURRENT_TRANSACTIONS']),
  refusedInit: refused('InitProducerId', [
    'COORDINATOR_LOAD_IN_PROGRESS',
    'NOT_COORDINATOR',
    'CONCURRENT_TRANSACTIONS',
  ]),
  refusedFetch: refused('Fetch', ['NOT_LEADER_OR_FOLLOWER', 'UNKNOWN_SERVER_ERROR']),
  refusedPositions: refused('OffsetFetch', [
    'UNSTABLE_OFFSET_COMMIT',
    'COORDINATOR_LOAD_IN_PROGRESS',
    'NOT_COORDINATOR',
  ]),
  refusedHeartbeat: refused('Heartbeat', ['REBALANCE_IN_PROGRESS', 'NOT_COORDINATOR', 'COORDINATOR_LOAD_IN_PROGRESS']),
  refusedJoin: refused('JoinGroup', ['COORDINATOR_LOAD_IN_PROGRESS', 'NOT_COORDINATOR']),
  refusedSearch: refused('FindCoordinator', ['COORDINATOR_NOT_AVAILABLE']),
  /** What a producer gets that another has replaced. */
  fencedOffsets: refused('TxnOffsetCommit', ['INVALID_PRODUCER_EPOCH']),
  fencedEnd: refused('EndTxn', ['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED']),
} satisfies Record<string, Cause>

/** One to three requests of a worker are refused with one of the codes. */
function refused(api: string, codes: readonly Code[]): Cause {
  return (world, hit) => {
    const worker = anyWorker(world)
    if (worker === undefined) return
    const match = { api, clientId: worker.name, times: world.between(1, 3) }
    const fault = world.broker.faults.intercept(match, { kind: 'error', code: errorCode[world.choose(codes)!] })
    world.count(() => fault.hits > 0, hit)
  }
}
