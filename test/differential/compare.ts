/** The same scripts on both brokers, and the steps whose answers differ. */
import { explanations } from './explained.ts'
import { answersOf, scriptOf } from './script.ts'
import type { Protocol } from './world.ts'

export interface Difference {
  readonly seed: number
  readonly step: number
  readonly kafka: string
  readonly embedded: string
  /** Name of the explanation; null when there is none. */
  readonly explained: string | null
}

export interface Comparison {
  readonly seeds: number
  readonly requests: number
  readonly differences: readonly Difference[]
}

export interface Brokers {
  readonly kafka: string
  readonly embedded: string
  readonly protocol: Protocol
}

/**
 * Runs the seeds from `first` on.
 * @example
 * const { differences } = await compareSeeds({ kafka: kafka.brokers, embedded: broker.address, protocol: 2 }, 1, 40)
 */
export async function compareSeeds(brokers: Brokers, first: number, count: number): Promise<Comparison> {
  const differences: Difference[] = []
  let requests = 0
  // One after the other: Kafka judges transactional writes together that come at once, whatever their versions.
  for (let seed = first; seed < first + count; seed++) {
    const compared = await compareSeed(brokers, seed)
    requests += compared.requests
    differences.push(...compared.differences)
  }
  return { seeds: count, requests, differences }
}

async function compareSeed(brokers: Brokers, seed: number): Promise<Comparison> {
  const steps = scriptOf(seed)
  const name = `s${seed}v${brokers.protocol}`
  const [kafka, embedded] = await Promise.all(
    [brokers.kafka, brokers.embedded].map((address) => answersOf(steps, address, name, brokers.protocol)),
  )
  return { seeds: 1, requests: steps.length, differences: differencesOf(seed, kafka!, embedded!) }
}

/** What comes after an unexplained difference may differ for that alone, and is not looked at. */
function differencesOf(seed: number, kafka: readonly string[], embedded: readonly string[]): Difference[] {
  const found: Difference[] = []
  for (const [step, answer] of kafka.entries()) {
    const ours = embedded[step]!
    if (answer === ours) continue
    const explained = explanations.find((known) => known.explains(answer, ours))?.name ?? null
    found.push({ seed, step, kafka: answer, embedded: ours, explained })
    if (explained === null) break
  }
  return found
}
