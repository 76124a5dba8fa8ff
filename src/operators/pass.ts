import type { Node } from '../topology/nodes.ts'
import { type Build, stateless } from './site.ts'

/** Sources, merges, the sides of a branch and late outputs: what comes in goes on. */
export const pass: Build<Node> = ({ forward }) => stateless(forward)
