import { topicNames } from '../topology/graph.ts'
import type { RepartitionNode } from '../topology/nodes.ts'
import { nullKey } from './null-key.ts'
import { type Build, enter, stateless } from './site.ts'

/** Writes each record under its new key; the reading side just passes on. */
export const repartition: Build<RepartitionNode> = ({ node, graphNode, index, environment, forward }) => {
  if (graphNode.role === 'repartition-source') return stateless(forward)
  const { context } = environment
  const topic = topicNames.repartition(environment.app, node.name)
  return stateless((key, value, time, window) => {
    enter(context, index, key, time, window)
    const newKey = node.key(value, context)
    if ((newKey === null || newKey === undefined) && !node.keySerde.nullable) throw nullKey(`keyBy ${node.name}`)
    environment.emitRepartition(node, topic, newKey, value, time)
  })
}
