/**
 * A member on its way to what it is to have (KIP-848): first it gives up, then its epoch rises, then it is given what
 * is free. So no partition has two owners, and a member whose epoch is the group's holds nothing it should not. Pure.
 */
import type { ConsumerMember } from './member.ts'
import { difference, intersection, noPlaces, type Places, union } from './places.ts'

export interface Reconciliation {
  /** What the member is to have, and since which epoch of the group. */
  readonly target: Places
  readonly targetEpoch: number
  /** What it says it holds; null when it says nothing of it. */
  readonly owned: Places | null
  /** Whether no other member holds the partition. */
  isFree(place: string): boolean
}

export function reconcile(member: ConsumerMember, to: Reconciliation): ConsumerMember {
  if (member.state === 'stable') return member.epoch === to.targetEpoch ? member : next(member, member.epoch, to)
  if (member.state === 'waiting') return next(member, member.epoch, to)
  return holdsSome(to.owned, member.revoking) ? member : next(member, member.epoch + 1, to)
}

function next(member: ConsumerMember, epoch: number, to: Reconciliation): ConsumerMember {
  const kept = intersection(member.assigned, to.target)
  const revoking = difference(member.assigned, to.target)
  if (revoking.size > 0 && holdsSome(to.owned, revoking)) {
    return moved(member, epoch, { state: 'revoking', assigned: kept, revoking })
  }
  const missing = [...difference(to.target, kept)]
  const free = missing.filter((place) => to.isFree(place))
  const assigned = union(kept, new Set(free))
  const state = free.length < missing.length ? 'waiting' : 'stable'
  return moved(member, to.targetEpoch, { state, assigned, revoking: noPlaces })
}

function moved(
  member: ConsumerMember,
  epoch: number,
  change: Pick<ConsumerMember, 'state' | 'assigned' | 'revoking'>,
): ConsumerMember {
  return { ...member, ...change, epoch, previousEpoch: member.epoch }
}

/** Who says nothing may hold anything. */
function holdsSome(owned: Places | null, places: Places): boolean {
  return owned === null || intersection(owned, places).size > 0
}
