import { nullable } from '../../../src/serde/nullable.ts'
import type { Serde } from '../../../src/serde/serde.ts'
import { text } from '../../../src/serde/text.ts'
import type { Chain } from './words.ts'

/** Values that may be null, as on every stream of Kafka Streams. */
export const maybeText: Serde<string | null> = nullable(text)

/** What operators have made so far, by their ids. */
export class Made {
  private readonly chains = new Map<string, Chain>()

  of(id: string): Chain {
    const found = this.chains.get(id)
    if (found === undefined) throw new Error(`No operator ${id} stands before the one that uses it`)
    return found
  }

  set(id: string, chain: Chain): void {
    this.chains.set(id, chain)
  }
}
