/** One Apache Kafka with the settings of `startKafka`, for all files whose topics and groups have names of their own. */
import { inject } from 'vitest'
import type { ContractBroker } from '../../contracts/tools.ts'

/**
 * Others use it as well: who stops it, fills it or changes its settings starts one of its own.
 * @example suiteBench(sharedKafka)
 */
export async function sharedKafka(): Promise<ContractBroker> {
  const answer = await fetch(`http://127.0.0.1:${inject('sharedKafka')}/`)
  const brokers = await answer.text()
  if (!answer.ok) throw new Error(brokers)
  return { brokers, stop: async () => undefined, compact: async () => undefined }
}
