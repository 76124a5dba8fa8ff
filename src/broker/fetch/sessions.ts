/**
 * The fetch sessions of one node (KIP-227). There are only so many; who gets none is answered in full each time, which
 * costs it bytes and nothing else.
 */
import { type Random, randomInteger } from '../../random.ts'
import { errorCode } from '../../wire/errors.ts'
import { FetchSession } from './session.ts'
import { type FetchRequest, type PartitionReading, topicIdsFrom, type Wanted, wantedOf } from './wanted.ts'

/** Kafka's `max.incremental.fetch.session.cache.slots`. */
const mostSessions = 1_000
/** Kafka's `min.incremental.fetch.session.eviction.ms`. */
const idleMilliseconds = 120_000

const opensSession = 0
const endsSession = -1
export const noSession = 0

/** What a request asks for in all, and which part of the answer its sender has to be told. */
export interface Round {
  readonly wanted: readonly Wanted[]
  /** To be called once, with the readings that are about to be answered. */
  finish(readings: readonly PartitionReading[]): {
    readonly sessionId: number
    readonly told: readonly PartitionReading[]
  }
}

export class FetchSessions {
  readonly #random: Random
  readonly #limit: number
  /** The one that was not used for longest comes first. */
  readonly #sessions: Map<number, FetchSession> = new Map()

  constructor(random: Random, limit: number = mostSessions) {
    this.#random = random
    this.#limit = limit
  }

  get count(): number {
    return this.#sessions.size
  }

  clear(): void {
    this.#sessions.clear()
  }

  /** What the request means, or the code of the error that it is refused with as a whole. */
  begin(request: FetchRequest, version: number, now: number): Round | number {
    const { sessionId, sessionEpoch } = request
    const wanted = wantedOf(request)
    if (sessionEpoch === endsSession || sessionEpoch === opensSession) {
      this.#sessions.delete(sessionId)
      return sessionEpoch === endsSession ? withoutSession(wanted) : this.#opening(wanted, version, now)
    }
    const session = this.#sessions.get(sessionId)
    if (session === undefined) return errorCode.FETCH_SESSION_ID_NOT_FOUND
    if (session.usesTopicIds !== version >= topicIdsFrom) return errorCode.FETCH_SESSION_TOPIC_ID_ERROR
    if (session.epoch !== sessionEpoch) return errorCode.INVALID_FETCH_SESSION_EPOCH
    session.update(wanted, request.forgottenTopicsData, now)
    this.#sessions.delete(session.id)
    // Nothing is left of it: what the request itself names is answered once more.
    if (session.size === 0) return withoutSession(wanted)
    this.#sessions.set(session.id, session)
    return {
      wanted: session.wanted,
      finish: (readings) => ({ sessionId: session.id, told: session.changed(readings) }),
    }
  }

  /** The session begins with the answer: nobody can refer to it before. */
  #opening(wanted: readonly Wanted[], version: number, now: number): Round {
    return {
      wanted,
      finish: (readings) => {
        if (!this.#hasRoom(now)) return { sessionId: noSession, told: readings }
        const session = new FetchSession(this.#newId(), version >= topicIdsFrom, wanted, now)
        session.note(readings)
        this.#sessions.set(session.id, session)
        return { sessionId: session.id, told: readings }
      },
    }
  }

  #hasRoom(now: number): boolean {
    if (this.#sessions.size < this.#limit) return true
    const [oldest] = this.#sessions.values()
    if (oldest === undefined || now - oldest.lastUsed < idleMilliseconds) return false
    return this.#sessions.delete(oldest.id)
  }

  #newId(): number {
    for (;;) {
      const id = randomInteger(this.#random, 1, 0x7fffffff)
      if (!this.#sessions.has(id)) return id
    }
  }
}

function withoutSession(wanted: readonly Wanted[]): Round {
  return { wanted, finish: (told) => ({ sessionId: noSession, told }) }
}
