/** kafkajs 2.2.4, the loop written by hand as its users would: a batch, a transaction, its offsets. */
import { join } from 'node:path'
import { type PeerCommand, wordsOf } from '../peer.ts'

/** Started by the bench. @example kafkajs.command(request).program // node */
export const kafkajs: PeerCommand = {
  name: 'kafkajs',
  version: '2.2.4',
  works: ['q0', 'q1', 'map', 'windowed-count-updates'],
  threads: [1],
  recordsInAMinute: 3_000_000,
  settings:
    'eachBatch, a transaction per batch and a producer per partition, fetches of 1 MiB; counts in a Map in memory, ' +
    'which neither comes back after a crash nor undoes an aborted transaction',
  prepare: () => Promise.resolve(),
  command: (request) => ({
    program: process.execPath,
    arguments: [join(import.meta.dirname, 'program.ts'), ...wordsOf(request)],
  }),
}
