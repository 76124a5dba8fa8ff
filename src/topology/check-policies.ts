/** Lists of policies that can't mean what they say are refused where the topology is named. */
import { isDeepStrictEqual } from 'node:util'
import { MillraceError } from '../faults.ts'
import type { AsyncPolicy, BreakerPolicy } from '../policies/policy.ts'
import type { Node } from './nodes.ts'

/**
 * @throws MillraceError MR4004 for a list with two retryTopics, a policy that is never asked, or a breaker where nothing is
 *   waited for; MR1003 for breakers of one name and different values
 */
export function checkPolicies(topology: string, nodes: readonly Node[]): void {
  const breakers = new Map<string, BreakerPolicy>()
  for (const node of nodes) {
    const list: readonly AsyncPolicy[] = ('onFailure' in node ? node.onFailure : undefined) ?? []
    const why = faultOf(list, node.kind === 'map-async')
    if (why !== null) throw senseless(topology, node, why)
    for (const policy of list) if (policy.kind === 'breaker') checkBreaker(breakers, policy, topology)
  }
}

function faultOf(list: readonly AsyncPolicy[], waits: boolean): string | null {
  const kinds = list.map(({ kind }) => kind)
  if (kinds.filter((kind) => kind === 'retry-topics').length > 1)
    return 'a record goes through the topics of one retryTopics'
  if (kinds.filter((kind) => kind === 'breaker').length > 1) return 'an attempt passes through one breaker'
  if (kinds.includes('breaker') && !waits) return 'a breaker belongs to mapAsync, where others are asked'
  const last = kinds.findIndex((kind) => ends.has(kind))
  return last < 0 || last === kinds.length - 1 ? null : `nothing behind ${kinds[last]} is ever asked`
}

/** What leaves no record over for a next policy: `park` does, one without a key. */
const ends: ReadonlySet<AsyncPolicy['kind']> = new Set(['dead-letter', 'skip', 'pause', 'stop'])

function checkBreaker(known: Map<string, BreakerPolicy>, policy: BreakerPolicy, topology: string): void {
  const first = known.get(policy.name)
  known.set(policy.name, policy)
  if (first === undefined || isDeepStrictEqual(first, policy)) return
  throw new MillraceError('fatal', {
    code: 'MR1003',
    what: `The breaker ${policy.name} is given different values`,
    where: `topology ${topology}`,
    why: 'there is one breaker of a name, whichever steps it guards',
    fix: 'make it once and use it in each list, or give it two names',
  })
}

function senseless(topology: string, node: Node, why: string): MillraceError {
  const name = 'name' in node ? ` ${String(node.name)}` : ''
  return new MillraceError('fatal', {
    code: 'MR4004',
    what: `The policies of the step ${node.kind}${name} make no sense`,
    where: `topology ${topology}`,
    why,
    fix: 'leave out what has no effect: onFailure: [retry({ times: 3 }), deadLetter(name)]',
  })
}
