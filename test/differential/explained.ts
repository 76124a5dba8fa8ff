/**
 * Where the embedded broker is known to answer otherwise than Apache Kafka 4.1, and why that is left so. Each is listed
 * in `src/broker/README.md` as well.
 */

export interface Explanation {
  readonly name: string
  readonly why: string
  /** Whether it explains these two answers to one step. */
  explains(kafka: string, embedded: string): boolean
}

export const explanations: readonly Explanation[] = []
