/** Exactly once is the default: a client that can't do its part is refused at the start, with the reason. */
import { MillraceError } from '../faults.ts'
import type { Kafka, KafkaFeatures } from '../kafka/port.ts'

const reasons: Readonly<Record<keyof KafkaFeatures, string>> = {
  exactlyOnce: 'its transactions do not keep reads and writes together',
  requireStable: 'it reads positions that an open transaction may still move',
  generationFence: 'a worker that lost its tasks could still commit them',
  customAssignor: 'it can not place tasks',
  compactedRestore: 'it can not read every compacted topic to its end',
}

/** @throws MillraceError MR2005 naming each missing feature */
export function requireFeatures(kafka: Kafka): void {
  const missing = (Object.keys(reasons) as (keyof KafkaFeatures)[]).filter((feature) => !kafka.features[feature])
  if (missing.length === 0) return
  throw new MillraceError('fatal', {
    code: 'MR2005',
    what: 'This Kafka client lacks what exactly once needs',
    why: missing.map((feature) => `${feature}: ${reasons[feature]}`).join('; '),
    fix: 'use the native client',
  })
}
