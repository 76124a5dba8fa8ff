/** What kafkajs 2.2.4 can't promise through its public API, and why. Each reason was seen in a run, or read in its source. */
import { MillraceError } from '../../faults.ts'
import type { AdminCall, KafkaFeatures } from '../port.ts'
import { KafkaError } from '../port.ts'

export const lacks: ReadonlyMap<keyof KafkaFeatures, string> = new Map<keyof KafkaFeatures, string>([
  [
    'exactlyOnce',
    'the producer of kafkajs can neither end nor begin a transaction after a commit whose answer was lost, and its consumers show records of aborted transactions',
  ],
  ['requireStable', 'kafkajs asks with OffsetFetch 4, which does not wait for a transaction to end'],
  ['generationFence', 'kafkajs asks with TxnOffsetCommit 1, which carries neither member nor generation'],
  ['staticMembers', 'kafkajs joins without an instance name, so a worker that returns is a new member'],
  ['nullHeaders', 'kafkajs measures the value of each header, and fails where it is null'],
])

export const features: KafkaFeatures = {
  exactlyOnce: false,
  requireStable: false,
  generationFence: false,
  customAssignor: true,
  // An offset at a time over batches that compaction has emptied.
  compactedRestore: true,
  staticMembers: false,
  nullHeaders: false,
}

export const adminCalls: ReadonlySet<AdminCall> = new Set<AdminCall>([
  'describeConfigs',
  'createPartitions',
  'deleteTopics',
  'groups.list',
  'groups.delete',
])

/** Why kafkajs' transactions are not offered, as an error to throw. */
export function refuseTransactions(): MillraceError {
  const why = (['exactlyOnce', 'requireStable', 'generationFence'] as const).map((feature) => lacks.get(feature))
  return new MillraceError('fatal', {
    code: 'MR2005',
    what: 'Transactions over kafkajs are refused',
    why: why.join('; '),
    fix: "Use Millrace's own client: it takes the configuration of kafkajs as it is",
  })
}

/** For a membership of the newer group protocol, which kafkajs does not speak. */
export function refuseConsumerProtocol(group: string): KafkaError {
  const message =
    `Group ${group} can't be joined by protocol: 'consumer' over kafkajs, which speaks the classic one only (KIP-848); ` +
    "leave protocol out, or use Millrace's own client"
  return new KafkaError('fatal', 'UNSUPPORTED', 'ConsumerGroupHeartbeat', message)
}

/** For a call of the administrator that kafkajs has not, or not in a form that keeps its promise. */
export function unsupported(call: AdminCall, why: string): KafkaError {
  return new KafkaError('fatal', 'UNSUPPORTED', call, `${call} is not available over kafkajs: ${why}`)
}
