/** Which versions a broker speaks, and which features its cluster has finalised. */
import { ApiVersions } from '../../../wire/apis/18-api-versions.ts'
import { errorCode } from '../../../wire/errors.ts'
import type { Api } from '../../../wire/schema.ts'
import { refusal } from '../../faults.ts'
import { KafkaError } from '../../port.ts'
import type { Connection } from './connection.ts'

/** Highest versions that the client uses where they differ from what `wire` knows. */
const highestUsed: Readonly<Record<string, number>> = {
  // Version 17 and later concern followers and directories, not readers.
  Fetch: 16,
  // Versions 4 and 5 are for brokers among themselves and need the right ClusterAction.
  AddPartitionsToTxn: 3,
}

/** Lowest versions that do what the client relies on. */
const lowestUsed: Readonly<Record<string, number>> = {
  // requireStable (KIP-447)
  OffsetFetch: 7,
  // the member's generation travels along (KIP-447)
  TxnOffsetCommit: 3,
  // static members (KIP-345)
  JoinGroup: 5,
  LeaveGroup: 3,
  // the exchange in requests of its own (KIP-152)
  SaslHandshake: 1,
}

export class BrokerVersions {
  readonly #ranges: ReadonlyMap<number, { readonly minVersion: number; readonly maxVersion: number }>
  /** The finalised level of `transaction.version`: 2 has KIP-890's second part. */
  readonly transactionVersion: number

  constructor(
    ranges: readonly { readonly apiKey: number; readonly minVersion: number; readonly maxVersion: number }[],
    transactionVersion: number,
  ) {
    this.#ranges = new Map(ranges.map((range) => [range.apiKey, range]))
    this.transactionVersion = transactionVersion
  }

  /**
   * The highest version both sides know, at most `cap`.
   * @throws KafkaError `fatal` when there is none
   */
  choose(api: Api, cap: number = Number.POSITIVE_INFINITY): number {
    const range = this.#ranges.get(api.key)
    const lowest = Math.max(api.versions[0], lowestUsed[api.name] ?? 0)
    const highest = Math.min(api.versions[1], highestUsed[api.name] ?? 127, cap, range?.maxVersion ?? -1)
    if (range !== undefined && highest >= Math.max(lowest, range.minVersion)) return highest
    const theirs = range === undefined ? 'not at all' : `in versions ${range.minVersion} to ${range.maxVersion}`
    const message = `The broker speaks ${api.name} ${theirs}; Millrace needs ${lowest} to ${api.versions[1]}`
    throw new KafkaError('fatal', 'UNSUPPORTED_VERSION', api.name, message)
  }
}

/**
 * Asks a fresh connection what its broker speaks. A broker that does not know the version of the question answers in
 * version 0 with an error (KIP-511); the question is repeated in version 0 then.
 */
export async function askVersions(connection: Connection, timeout: number): Promise<BrokerVersions> {
  const body = { clientSoftwareName: 'millrace', clientSoftwareVersion: '0.1.0' }
  let answer = await connection.request(ApiVersions, 4, body, timeout)
  if (answer.errorCode === errorCode.UNSUPPORTED_VERSION) {
    answer = await connection.request(ApiVersions, 0, {}, timeout)
  }
  if (answer.errorCode !== 0) throw refusal(answer.errorCode, 'ApiVersions', 'this client')
  const feature = answer.finalizedFeatures.find(({ name }) => name === 'transaction.version')
  return new BrokerVersions(answer.apiKeys, feature?.maxVersionLevel ?? 0)
}
