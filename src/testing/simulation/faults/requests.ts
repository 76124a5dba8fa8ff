/** The keys of the requests that faults wait for. */
import * as apis from '../../../wire/apis/index.ts'

export const api = {
  Produce: apis.Produce.key,
  Fetch: apis.Fetch.key,
  EndTxn: apis.EndTxn.key,
  TxnOffsetCommit: apis.TxnOffsetCommit.key,
  InitProducerId: apis.InitProducerId.key,
} as const
