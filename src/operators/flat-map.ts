import type { FlatMapNode } from '../topology/nodes.ts'
import { type Build, enter, stateless } from './site.ts'

/** One value in, any number out, in the order given. A generator may look at its context between two of them. */
export const flatMap: Build<FlatMapNode> = ({ node: { handler }, index, environment: { context }, forward }) =>
  stateless((key, value, time, window) => {
    enter(context, index, key, time, window)
    const values = handler(value, context)
    if (Array.isArray(values)) {
      for (let at = 0; at < values.length; at++) forward(key, values[at], time, window)
      return
    }
    for (const each of values) {
      forward(key, each, time, window)
      enter(context, index, key, time, window)
    }
  })
