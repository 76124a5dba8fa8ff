import type { Change, Given, RegroupNode } from '../../topology/nodes/tables.ts'
import { KeyBytes } from '../key-bytes.ts'
import { nullKey } from '../null-key.ts'
import { type Build, enter, stateless } from '../site.ts'
import { keyValueStore } from '../stores.ts'

/**
 * Takes back from its group what a row gave last, and gives what it gives now: one change where both are the same group,
 * else two. What was given is remembered, not computed anew: the group of an old value might be another today.
 */
export const regroup: Build<RegroupNode> = ({ node, index, environment, forward }) => {
  const { context } = environment
  const keys = new KeyBytes(node.keySerde, `the groups ${node.name}`)
  const groups = new KeyBytes(node.groupSerde, `the groups ${node.name}`)
  const store = keyValueStore(environment, node.stores[0].name)
  const send = (group: unknown, change: Change, time: number): void => forward(group, change, time, null)
  return stateless((key, value, time, window) => {
    enter(context, index, key, time, window)
    const row = keys.encode(key)
    const before = store.get(key)?.value as Given | undefined
    const after = value === null ? undefined : { group: groupOf(node, node.group(value, context)), value }
    if (after !== undefined) store.put(key, after, time)
    else if (before !== undefined) store.delete(key, time)
    if (before !== undefined && after !== undefined && isSame(groups, before.group, after.group)) {
      send(after.group, { row, subtract: before.value, add: after.value }, time)
      return
    }
    if (before !== undefined) send(before.group, { row, subtract: before.value }, time)
    if (after !== undefined) send(after.group, { row, add: after.value }, time)
  })
}

function groupOf({ name }: RegroupNode, group: unknown): unknown {
  if (group === null || group === undefined) throw nullKey(`the groups ${name}`)
  return group
}

/** Keys with equal bytes are one key. */
function isSame(groups: KeyBytes, one: unknown, other: unknown): boolean {
  return one === other || groups.encode(one).equals(groups.encode(other))
}
