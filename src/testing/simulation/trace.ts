/** A digest of everything that happened, to be compared between two runs of one seed. */
import { createHash } from 'node:crypto'
import type { History } from './history.ts'

/** SHA-256 over requests with their times, worker events, and the whole logs of all topics. */
export function traceOf({ requests, events, partitions }: History): string {
  const hash = createHash('sha256')
  for (const { time, node, clientId, api, transactionalId, errorCode } of requests)
    hash.update(`${time} ${node} ${clientId} ${api} ${transactionalId} ${errorCode}\n`)
  for (const { time, worker, name, detail } of events)
    hash.update(`${time} ${worker} ${name} ${JSON.stringify(detail)}\n`)
  for (const { topic, partition, records } of partitions) {
    hash.update(`${topic} ${partition}\n`)
    for (const { offset, timestamp, key, value, fate } of records) {
      hash.update(`${offset} ${timestamp} ${fate} `)
      for (const bytes of [key, value]) hash.update(bytes ?? 'null').update(' ')
    }
  }
  return hash.digest('hex')
}
