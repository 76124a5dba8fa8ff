import type { FilterNode } from '../topology/nodes.ts'
import { type Build, enter, stateless } from './site.ts'

/** Lets through what the predicate takes, counts the rest. */
export const filter: Build<FilterNode> = ({ node: { handler }, index, environment: { context, counters }, forward }) =>
  stateless((key, value, time, window) => {
    enter(context, index, key, time, window)
    if (handler(value, context)) forward(key, value, time, window)
    else counters.filtered++
  })
