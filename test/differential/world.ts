/** What one broker has told the script so far: producers, members, and the names it gave them. */
import type { Random } from '../../src/random.ts'
import type * as apis from '../../src/wire/apis/index.ts'
import type { Response } from '../../src/wire/schema.ts'
import { pick } from '../fuzz/random-message.ts'
import type { Member, Producer } from '../kafka/differential/session.ts'
import { Session } from '../kafka/differential/session.ts'

export type Protocol = 2 | 0

/** The topics of a script: an ordinary one, one with LogAppendTime, one that is compacted. */
export const topicKinds = ['', 'stamped', 'compacted'] as const
export type TopicKind = (typeof topicKinds)[number]

/** Mostly the ordinary one, so that much happens to the same records. */
export const aTopic = (random: Random): TopicKind => pick(random, ['', '', '', 'stamped', 'compacted'])

export function topicName(world: World, kind: TopicKind): string {
  return kind === '' ? world.session.topic : world.nameOf(kind)
}

/** Topics have other names in every script, so that scripts share a broker and do not meet. */
export class World {
  readonly session: Session
  readonly protocol: Protocol
  readonly name: string
  readonly producers: Map<string, Producer> = new Map()
  /** Next sequence by producer, epoch and partition. */
  readonly sequences: Map<string, number> = new Map()
  readonly members: Map<string, Member> = new Map()
  /** Groups that somebody has joined, or asked to join, and nobody has deleted since. */
  readonly joined: Set<string> = new Set()
  readonly topicIds: Map<string, string> = new Map()
  /** The session of its fetches. */
  readonly fetches: { id: number; epoch: number } = { id: 0, epoch: 0 }
  /** JoinGroups of the pair that are not answered. */
  readonly waiting: Map<string, { memberId: string; answer: Promise<Response<typeof apis.JoinGroup>> }> = new Map()
  /** Connections of those who may have to wait for each other. */
  readonly #others: Map<string, Session> = new Map()
  /** Producer ids in the order in which they were first seen: the same names on both brokers. */
  readonly #aliases: Map<number, string> = new Map()
  #number = 1

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

  /** A connection of its own. */
  connectionOf(member: string): Session {
    const known = this.#others.get(member)
    if (known !== undefined) return known
    const session = this.session.another()
    this.#others.set(member, session)
    return session
  }

  /** Another one each time. */
  nextNumber(): number {
    return ++this.#number
  }

  close(): void {
    this.session.client.close()
  }
}
