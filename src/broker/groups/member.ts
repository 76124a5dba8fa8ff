/** A member of a group. */
import type { Timer } from '../../clock.ts'

export interface Protocol {
  readonly name: string
  /** Opaque to the broker: subscription, owned partitions, user data. */
  readonly metadata: Buffer
}

export interface JoinRequest {
  readonly groupId: string
  readonly memberId: string
  readonly instanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly sessionTimeout: number
  readonly rebalanceTimeout: number
  readonly protocolType: string
  readonly protocols: readonly Protocol[]
  /** Whether a new member is first given its id and has to come back with it (KIP-394). */
  readonly needsKnownId: boolean
  /** Whether a leader that returns understands that it need not assign (KIP-814). */
  readonly canSkipAssignment: boolean
}

/** What a member says of itself. */
export type MemberDescription = Pick<
  JoinRequest,
  'instanceId' | 'clientId' | 'clientHost' | 'sessionTimeout' | 'rebalanceTimeout' | 'protocols'
>

export interface JoinedMember {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly metadata: Buffer
}

export interface Joined {
  readonly errorCode: number
  readonly generationId: number
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly leader: string
  readonly skipAssignment: boolean
  readonly memberId: string
  readonly members: readonly JoinedMember[]
}

export interface Synced {
  readonly errorCode: number
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly assignment: Buffer
}

const nothing: Buffer = Buffer.alloc(0)

export class Member {
  id: string
  readonly instanceId: string | null
  clientId: string
  clientHost: string
  sessionTimeout: number
  rebalanceTimeout: number
  protocols: readonly Protocol[]
  assignment: Buffer = nothing
  /** Answers its JoinGroup; null while it is not waiting for one. */
  joining: ((joined: Joined) => void) | null = null
  /** Answers its SyncGroup; null while it is not waiting for one. */
  syncing: ((synced: Synced) => void) | null = null
  /** Runs while the member has to be heard of. */
  session: Timer | null = null

  constructor(id: string, request: MemberDescription) {
    this.id = id
    this.instanceId = request.instanceId
    this.clientId = request.clientId
    this.clientHost = request.clientHost
    this.sessionTimeout = request.sessionTimeout
    this.rebalanceTimeout = request.rebalanceTimeout
    this.protocols = ownedProtocols(request)
  }

  /** Takes over what the member says of itself as it joins again. */
  update(request: MemberDescription): void {
    this.clientId = request.clientId
    this.clientHost = request.clientHost
    this.sessionTimeout = request.sessionTimeout
    this.rebalanceTimeout = request.rebalanceTimeout
    this.protocols = ownedProtocols(request)
  }

  metadataOf(protocol: string | null): Buffer {
    return this.protocols.find(({ name }) => name === protocol)?.metadata ?? nothing
  }

  /** Whether the request says what the member said before. */
  matches({ protocols }: JoinRequest): boolean {
    return (
      protocols.length === this.protocols.length &&
      protocols.every(({ name, metadata }, index) => {
        const mine = this.protocols[index]!
        return mine.name === name && mine.metadata.equals(metadata)
      })
    )
  }
}

/** Copies: the request's bytes are views of a frame that would be kept alive. */
function ownedProtocols({ protocols }: MemberDescription): Protocol[] {
  return protocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) }))
}
