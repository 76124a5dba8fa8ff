/** The states of a group, as one table. */

export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead'

/**
 * rebalance: members are asked to join again · joined: all have, the generation rises · assigned: the leader has said
 * who reads what · emptied: a generation without members · removed: the group is deleted.
 */
export type GroupEvent = 'rebalance' | 'joined' | 'assigned' | 'emptied' | 'removed'

/** null: the event cannot happen in that state. */
export const groupStates: Readonly<Record<GroupState, Readonly<Record<GroupEvent, GroupState | null>>>> = {
  Empty: { rebalance: 'PreparingRebalance', joined: null, assigned: null, emptied: null, removed: 'Dead' },
  PreparingRebalance: {
    rebalance: null,
    joined: 'CompletingRebalance',
    assigned: null,
    emptied: 'Empty',
    removed: null,
  },
  CompletingRebalance: {
    rebalance: 'PreparingRebalance',
    joined: null,
    assigned: 'Stable',
    emptied: null,
    removed: null,
  },
  Stable: { rebalance: 'PreparingRebalance', joined: null, assigned: null, emptied: null, removed: null },
  Dead: { rebalance: null, joined: null, assigned: null, emptied: null, removed: null },
}
