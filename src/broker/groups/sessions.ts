/** Who was not heard of for a session timeout is removed. */
import type { Timers } from '../timers.ts'
import type { Group } from './group.ts'
import type { Member } from './member.ts'

/** How long a new member may wait for its first answer, as in Kafka: its client may have gone long ago. */
const newMemberMilliseconds = 300_000

export class Sessions {
  readonly #timers: Timers
  readonly #expired: (group: Group, member: Member) => void

  constructor(timers: Timers, expired: (group: Group, member: Member) => void) {
    this.#timers = timers
    this.#expired = expired
  }

  /** A member that is new waits for its generation, and its session begins with it. */
  begin(group: Group, member: Member): void {
    member.session = this.#timers.after(newMemberMilliseconds, () => this.#expired(group, member))
  }

  /** The member was heard of. Who waits for an answer of ours is not expected to speak. */
  renew(group: Group, member: Member): void {
    this.stop(member)
    if (member.joining !== null || member.syncing !== null) return
    member.session = this.#timers.after(member.sessionTimeout, () => this.#expired(group, member))
  }

  stop(member: Member): void {
    member.session?.cancel()
    member.session = null
  }
}
