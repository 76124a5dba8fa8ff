/** A client that lacks what is needed is refused at the start, with what follows, why, and what to do. */
import { expect, it } from 'vitest'
import type { KafkaFeatures } from '../../../src/kafka/port.ts'
import { requireFeatures } from '../../../src/runtime/prepare/require-features.ts'

const everything: KafkaFeatures = {
  exactlyOnce: true,
  requireStable: true,
  generationFence: true,
  customAssignor: true,
  compactedRestore: true,
  staticMembers: true,
  nullHeaders: true,
}
const lacking = (...missing: (keyof KafkaFeatures)[]) => ({
  features: { ...everything, ...Object.fromEntries(missing.map((feature) => [feature, false])) },
  lacks: new Map(missing.map((feature) => [feature, `no ${feature} here`])),
})

it('takes a client that has everything, and one without what no guarantee needs', () => {
  requireFeatures(lacking())
  requireFeatures(lacking('staticMembers', 'nullHeaders'))
  requireFeatures(lacking('exactlyOnce', 'requireStable', 'generationFence'), 'at-least-once')
})

it('names each feature that is missing, and offers less where that is enough', () => {
  expect(() => requireFeatures(lacking('exactlyOnce', 'requireStable'))).toThrow(
    expect.objectContaining({
      text: {
        code: 'MR2005',
        what: 'This Kafka client lacks what exactly once needs',
        why:
          'exactlyOnce: its transactions do not keep reads and writes together, since no exactlyOnce here; ' +
          'requireStable: it reads positions that an open transaction may still move, since no requireStable here',
        fix: "use Millrace's own client, or ask for less: guarantee: 'at-least-once'",
      },
    }),
  )
})

it('offers nothing where less is not enough either', () => {
  const refused = expect.objectContaining({
    text: expect.objectContaining({
      what: 'This Kafka client lacks what at least once needs',
      fix: "use Millrace's own client",
    }),
  })
  expect(() => requireFeatures(lacking('compactedRestore'), 'at-least-once')).toThrow(refused)
})
