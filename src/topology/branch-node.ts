import { MillraceError } from '../faults.ts'
import type { Otherwise } from './branch.ts'
import type { StepOptions } from './handler.ts'
import type { BranchNode, Handler, Node } from './nodes.ts'

export type CaseHandlers = Readonly<Record<string, Handler<boolean> | Otherwise>>

/** Names that objects put first, whatever the order they were written in. */
const arrayIndex = /^(?:0|[1-9][0-9]*)$/

/** A branch whose cases are tried in the order written; the one that takes what is left comes last wherever it stood. */
export function branchNode(input: Node, cases: CaseHandlers, policies: StepOptions): BranchNode {
  const named = Object.entries(cases).map(([name, handler]) => {
    return Object.freeze({ name, predicate: typeof handler === 'function' ? handler : null })
  })
  const open = named.filter((each) => each.predicate === null)
  const digits = named.find((each) => arrayIndex.test(each.name))
  if (digits)
    refuse(`A branch can't have a case named ${digits.name}`, 'objects reorder such names', 'begin with a letter')
  if (open.length > 1)
    refuse('A branch has two cases for what is left', open.map(({ name }) => name).join(', '), 'keep one')
  if (named.length === 0) refuse('A branch has no cases', 'its object is empty', 'name at least one')
  const ordered = [...named.filter((each) => each.predicate !== null), ...open]
  return Object.freeze({ kind: 'branch', input, cases: Object.freeze(ordered), ...policies })
}

function refuse(what: string, why: string, fix: string): never {
  throw new MillraceError('fatal', { code: 'MR4004', what, why, fix })
}
