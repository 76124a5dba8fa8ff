import type { MapNode } from '../topology/nodes.ts'
import { type Build, enter, stateless } from './site.ts'

/** One value in, one out; key, time and window stay. */
export const map: Build<MapNode> = ({ node: { handler }, index, environment: { context }, forward }) =>
  stateless((key, value, time, window) => {
    enter(context, index, key, time, window)
    forward(key, handler(value, context), time, window)
  })
