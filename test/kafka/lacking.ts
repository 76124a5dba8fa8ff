/** Whether what needs Java and Maven can run here. */
import { kafkaAvailable } from '../../scripts/kafka.ts'

/**
 * Null when it can; else the reason, said in one line. @throws Error where CI=true: there nothing is left out
 * @param what what would be left out: "Apache Kafka"
 */
export function lackingFor(what: string): string | null {
  const lacking = kafkaAvailable()
  if (lacking === null) return null
  if (process.env.CI === 'true') throw new Error(`Needed where CI=true: ${what}: ${lacking}`)
  console.log(`${what} left out: ${lacking}`)
  return lacking
}
