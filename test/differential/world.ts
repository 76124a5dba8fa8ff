/** What one broker has told the script so far: producers, members, and the names it gave them. */
import type { Member, Producer } from '../kafka/differential/session.ts'
import { Session } from '../kafka/differential/session.ts'

export type Protocol = 2 | 0

/** Topics have other names in every script, so that scripts share a broker and do not meet. */
export class World {
  readonly session: Session
  readonly protocol: Protocol
  readonly name: string
  readonly producers: Map<string, Producer> = new Map()
  /** Next sequence by producer, epoch and partition. */
  readonly sequences: Map<string, number> = new Map()
  readonly members: Map<string, Member> = new Map()
  /** Producer ids in the order in which they were first seen: the same names on both brokers. */
  readonly #aliases: Map<number, string> = new Map()

  constructor(address: string, name: string, protocol: Protocol) {
    this.name = name
    this.protocol = protocol
    this.session = new Session(address, name, protocol)
  }

  /** The name in this script of a topic, group or transactional id. */
  nameOf(part: string): string {
    return `${this.name}-${part}`
  }

  alias(producerId: number): string {
    if (producerId < 0) return 'none'
    const known = this.#aliases.get(producerId)
    if (known !== undefined) return known
    const alias = `p${this.#aliases.size}`
    this.#aliases.set(producerId, alias)
    return alias
  }

  close(): void {
    this.session.client.close()
  }
}
