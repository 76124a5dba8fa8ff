import type { BranchNode } from '../topology/nodes.ts'
import type { Forward } from './operator.ts'
import { type Build, enter, fanOut, type Site, stateless } from './site.ts'

/** Each record goes to the first case that takes it; what no case takes is counted as filtered. */
export const branch: Build<BranchNode> = (site) => {
  const { node, index, environment } = site
  const { context, counters } = environment
  const sides = node.cases.map(({ predicate }, place) => ({ predicate, forward: sideOf(site, place) }))
  return stateless((key, value, time, window) => {
    enter(context, index, key, time, window)
    for (let place = 0; place < sides.length; place++) {
      const { predicate, forward } = sides[place]!
      if (predicate === null || predicate(value, context)) return forward(key, value, time, window)
    }
    counters.filtered++
  })
}

/** A side that nobody reads still takes its records. */
function sideOf({ graphNode, receiver }: Site<BranchNode>, place: number): Forward {
  const receivers = graphNode.outputs.map(receiver)
  return fanOut(receivers.flatMap(({ node, receive }) => (isSide(node, place) ? [receive] : [])))
}

function isSide(node: { readonly kind: string }, place: number): boolean {
  return node.kind === 'branch-case' && 'index' in node && node.index === place
}
