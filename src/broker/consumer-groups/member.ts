/** A member of a group of the newer protocol, as its coordinator knows it (KIP-848). A new value for every change. */
import { noPlaces, type Places } from './places.ts'

/**
 * stable: has what it was last told · revoking: is to give up something and has not said that it has · waiting: is to
 * get something that another still holds.
 */
export type MemberState = 'stable' | 'revoking' | 'waiting'

export interface ConsumerMember {
  readonly id: string
  readonly instanceId: string | null
  readonly rackId: string | null
  readonly clientId: string
  readonly clientHost: string
  /** Milliseconds. */
  readonly rebalanceTimeout: number
  readonly topicNames: readonly string[]
  /** Empty: none. */
  readonly topicRegex: string
  /** null: it does not mind. */
  readonly assignor: string | null
  /** `awayEpoch` while a static member is expected back. */
  readonly epoch: number
  readonly previousEpoch: number
  readonly state: MemberState
  readonly assigned: Places
  /** Held until it says that it is given up. */
  readonly revoking: Places
}

export const joinEpoch = 0
export const leaveEpoch = -1
export const awayEpoch = -2

export function newMember(id: string, instanceId: string | null): ConsumerMember {
  return {
    id,
    instanceId,
    rackId: null,
    clientId: '',
    clientHost: '',
    rebalanceTimeout: -1,
    topicNames: [],
    topicRegex: '',
    assignor: null,
    epoch: joinEpoch,
    previousEpoch: leaveEpoch,
    state: 'stable',
    assigned: noPlaces,
    revoking: noPlaces,
  }
}
