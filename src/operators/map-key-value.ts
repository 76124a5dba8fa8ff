import type { MapKeyValueNode } from '../topology/nodes.ts'
import { type Build, enter, stateless } from './site.ts'

/** A new key and a new value. */
export const mapKeyValue: Build<MapKeyValueNode> = ({ node: { handler }, index, environment: { context }, forward }) =>
  stateless((key, value, time, window) => {
    enter(context, index, key, time, window)
    const [newKey, newValue] = handler(value, context)
    forward(newKey, newValue, time, window)
  })
