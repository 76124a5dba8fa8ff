/** The guard against torn transactions (rule R5), and how a client looks that has none. */
import type { Patch } from '../must-fail/guard.ts'

const file = 'src/kafka/native/transactions/transactions.ts'

/** An abort whose answer was lost is taken for done: the next transaction begins under the same identity. */
export const unguarded: readonly Patch[] = [
  {
    file,
    find: 'throw this.#blame(committed ? (error as KafkaError) : asUnknown(error as KafkaError))',
    replace: 'if (committed) throw this.#blame(error as KafkaError)',
  },
  {
    file,
    find: `      const next = await this.#untilAnswered(end)
      this.#begin(next, this.#cluster.clock.monotonic() + markersMilliseconds)
`,
    replace: `      const next = committed ? await this.#untilAnswered(end) : await end().catch(() => null)
      if (next === null) this.#forgetTransaction()
      else this.#begin(next, this.#cluster.clock.monotonic() + markersMilliseconds)
`,
  },
]
