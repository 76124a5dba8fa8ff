/** The words of `npm run soak`. */
import { parseArgs } from 'node:util'

export interface SoakWords {
  readonly records: number
  readonly kills: number
  /** Somebody's cluster; null: one of our own. */
  readonly brokers: string | null
  readonly embedded: boolean
  readonly json: boolean
}

export const usage =
  'npm run soak -- --records N --kills K [--brokers HOST:PORT | --embedded] [--json]\n' +
  '  Workers are killed, stopped and started again while N records go through; then every one is looked for.\n' +
  '  Without --brokers and --embedded Apache Kafka is started, and restarted meanwhile.'

/** @throws Error for words that say nothing sensible */
export function parseWords(words: readonly string[]): SoakWords {
  const { values } = parseArgs({
    args: [...words],
    options: {
      records: { type: 'string', default: '100000' },
      kills: { type: 'string', default: '10' },
      brokers: { type: 'string' },
      embedded: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  })
  const [records, kills] = [Number(values.records), Number(values.kills)]
  if (!Number.isSafeInteger(records) || records < 1_000 || records % 2 !== 0)
    throw new Error('--records takes an even number from 1000 on: two producers share them')
  if (!Number.isSafeInteger(kills) || kills < 1) throw new Error('--kills takes a number from 1 on')
  if (values.embedded && values.brokers !== undefined) throw new Error('--brokers or --embedded, not both')
  return { records, kills, brokers: values.brokers ?? null, embedded: values.embedded, json: values.json }
}
