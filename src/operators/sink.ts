import type { SinkNode } from '../topology/nodes.ts'
import { type Build, enter, stateless } from './site.ts'

/** Writes to a topic of the user. */
export const sink: Build<SinkNode> = ({ node, index, environment }) =>
  stateless((key, value, time, window) => {
    enter(environment.context, index, key, time, window)
    environment.emitSink(node, key, value, time)
    environment.counters.out++
  })
