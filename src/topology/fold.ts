/** Builds the nodes of folds. */
import { MillraceError } from '../faults.ts'
import type { Policy } from '../policies/policy.ts'
import { json } from '../serde/json.ts'
import { number } from '../serde/number.ts'
import type { Serde } from '../serde/serde.ts'
import type { Windows } from '../time/windows.ts'
import type { StepOptions } from './handler.ts'
import { type LateOptions, lateOf } from './late.ts'
import { lengthOf } from './lengths.ts'
import type { AggregateNode, Node, RecordContext } from './nodes.ts'
import type { RowLife } from './steps/tables.ts'
import { storesOfFold } from './window-stores.ts'

/** Merging two sessions is caused by no record of its own. */
const noContext: RecordContext = Object.freeze({
  key: null,
  time: -1,
  window: null,
  headers: Object.freeze([]),
  topic: null,
  partition: -1,
  offset: -1,
})

const sumOf = (one: unknown, other: unknown): number => (one as number) + (other as number)

/** What is folded: its key's serde is null where the records of a key may be in several tasks. */
export interface Foldable {
  readonly node: Node
  readonly keySerde: Serde<unknown> | null
  readonly windows: Windows | null
}

export interface AggregateRequest {
  readonly as: Serde<unknown>
  readonly start: unknown
  readonly add: AggregateNode['add']
  readonly merge?: NonNullable<AggregateNode['merge']>
  readonly show?: NonNullable<AggregateNode['show']>
}

type FoldOptions = StepOptions & RowLife & LateOptions
type Rule = Pick<AggregateNode, 'fold' | 'start' | 'add' | 'merge' | 'sumSerde' | 'show'>

export function countNode(of: Foldable, name: string, options?: FoldOptions): AggregateNode {
  const add: AggregateNode['add'] = (sum) => (sum as number) + 1
  return foldNode(of, name, { fold: 'count', start: () => 0, add, merge: sumOf, sumSerde: number }, options)
}

export function reduceNode(
  of: Foldable,
  name: string,
  add: AggregateNode['add'],
  options?: FoldOptions & { readonly value?: Serde<unknown> },
): AggregateNode {
  const sumSerde = options?.value ?? json()
  const merge: Rule['merge'] = (one, other) => add(one, other, noContext)
  return foldNode(of, name, { fold: 'reduce', start: () => undefined, add, merge, sumSerde }, options)
}

export function aggregateNode(
  of: Foldable,
  name: string,
  { as, start, add, merge, show }: AggregateRequest,
  options?: FoldOptions,
): AggregateNode {
  if (typeof start !== 'function') freezePlainData(start)
  const makeStart = typeof start === 'function' ? (start as () => unknown) : () => start
  const rule: Rule = { fold: 'aggregate', start: makeStart, add, merge: merge ?? null, sumSerde: as }
  return foldNode(of, name, show === undefined ? rule : { ...rule, show }, options)
}

function foldNode(of: Foldable, name: string, rule: Rule, options: FoldOptions | undefined): AggregateNode {
  const keySerde = of.keySerde ?? refuseKey(name)
  if (of.windows?.kind === 'session' && rule.merge === null) throw refuseMerge(name)
  return Object.freeze({
    kind: 'aggregate',
    input: of.node,
    ...rule,
    store: name,
    stores: Object.freeze(storesOfFold(name, of.windows, keySerde, rule.sumSerde)),
    windows: of.windows,
    emit: of.windows === null ? 'updates' : 'final',
    trigger: null,
    ttl: ttlOf(options),
    keySerde,
    ...lateOf(options),
    ...policiesOf(options),
  })
}

function refuseKey(store: string): never {
  throw new MillraceError('fatal', {
    code: 'MR4004',
    what: `The fold ${store} has no key`,
    why: 'records of one key may be in several tasks here: their key is null, was changed, or streams were merged',
    fix: `put .keyBy('a-name', (value) => key) before it`,
  })
}

function refuseMerge(store: string): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR4004',
    what: `The fold ${store} can't merge its sums`,
    why: 'sessions grow together, and then two sums become one',
    fix: 'aggregate(name, { as, start, add, merge: (one, other) => sum })',
  })
}

interface WithPolicies<P> {
  readonly onFailure?: readonly P[]
}

/** The options that every node has, in the form of a node. No policies are as none given: the source's hold. */
export function policiesOf<P = Policy>(options: WithPolicies<P> | undefined): WithPolicies<P> {
  const onFailure = options?.onFailure ?? []
  return onFailure.length === 0 ? {} : { onFailure: Object.freeze([...onFailure]) }
}

/** How long rows live, milliseconds; null: for ever. @throws MillraceError MR1003 */
export function ttlOf(options: RowLife | undefined): number | null {
  return options?.ttl === undefined ? null : lengthOf('ttl', options.ttl)
}

/** All keys share one start: a fold that changes it in place must fail, not leak from key to key. */
export function freezePlainData(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return
  Object.freeze(value)
  for (const part of Object.values(value)) freezePlainData(part)
}
