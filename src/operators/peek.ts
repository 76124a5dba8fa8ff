import type { PeekNode } from '../topology/nodes.ts'
import { type Build, enter, stateless } from './site.ts'

/** Looks at each record and passes it on unchanged. */
export const peek: Build<PeekNode> = ({ node: { handler }, index, environment: { context }, forward }) =>
  stateless((key, value, time, window) => {
    enter(context, index, key, time, window)
    handler(value, context)
    forward(key, value, time, window)
  })
