/** Exactly once is the default: a client that can't do its part is refused at the start, with the reason. */
import { MillraceError } from '../../faults.ts'
import type { Kafka, KafkaFeatures } from '../../kafka/port.ts'
import type { Guarantee } from '../settings.ts'

type Needs = Readonly<Partial<Record<keyof KafkaFeatures, string>>>

/** What follows from the lack of a feature; the adapter knows why it lacks it. */
const atLeastOnce: Needs = {
  customAssignor: 'it can not place tasks',
  compactedRestore: 'it can not read every compacted topic to its end',
}
const needs: Readonly<Record<Guarantee, Needs>> = {
  'exactly-once': {
    exactlyOnce: 'its transactions do not keep reads and writes together',
    requireStable: 'it reads positions that an open transaction may still move',
    generationFence: 'a worker that lost its tasks could still commit them',
    ...atLeastOnce,
  },
  'at-least-once': atLeastOnce,
}

/**
 * @example requireFeatures(kafka, 'at-least-once')
 * @throws MillraceError MR2005 naming each missing feature, what follows, and why this client lacks it
 */
export function requireFeatures(kafka: Pick<Kafka, 'features' | 'lacks'>, guarantee: Guarantee = 'exactly-once'): void {
  const missing = Object.entries(needs[guarantee]).filter(
    ([feature]) => !kafka.features[feature as keyof KafkaFeatures],
  )
  if (missing.length === 0) return
  const isLess = canRun(kafka, 'at-least-once')
  throw new MillraceError('fatal', {
    code: 'MR2005',
    what: `This Kafka client lacks what ${guarantee.replaceAll('-', ' ')} needs`,
    why: missing.map(([feature, effect]) => `${feature}: ${effect}${because(kafka, feature)}`).join('; '),
    fix: `use Millrace's own client${isLess ? ", or ask for less: guarantee: 'at-least-once'" : ''}`,
  })
}

function canRun({ features }: Pick<Kafka, 'features'>, guarantee: Guarantee): boolean {
  return Object.keys(needs[guarantee]).every((feature) => features[feature as keyof KafkaFeatures])
}

function because({ lacks }: Pick<Kafka, 'lacks'>, feature: string): string {
  const reason = lacks.get(feature as keyof KafkaFeatures)
  return reason === undefined ? '' : `, since ${reason}`
}
