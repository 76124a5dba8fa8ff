import type { CogroupInputNode } from '../../topology/nodes/tables.ts'
import type { Forward } from '../operator.ts'
import { type Build, stateless } from '../site.ts'

/** Records of several streams as one, and for each the word which stream's fold takes it. */
export const cogroupInput: Build<CogroupInputNode> = ({ node, forward }) => {
  const entries = node.inputs.map((_, place): Forward => {
    return (key, value, time, window) => {
      node.turn(place)
      forward(key, value, time, window)
    }
  })
  return { ...stateless(forward), inputs: entries }
}
