/** Which topics a group reads, as far as the broker can know: members say so in a form that is their own business. */
import { decodeSubscription } from '../../wire/consumer-protocol.ts'
import { WireError } from '../../wire/wire-error.ts'
import type { Group } from './group.ts'

/** null when it cannot be told: no consumers, or subscriptions nobody can read. */
export function subscribedTopics(group: Group): ReadonlySet<string> | null {
  if (!usesConsumerProtocol(group)) return null
  try {
    const topics = [...group.members.values()].flatMap(
      (member) => decodeSubscription(member.metadataOf(group.protocolName)).topics,
    )
    return new Set(topics)
  } catch (error) {
    if (error instanceof WireError) return null
    throw error
  }
}

export function usesConsumerProtocol({ protocolType }: Group): boolean {
  return protocolType === 'consumer'
}
