/** Builds the nodes of folds. */
import { MillraceError } from '../faults.ts'
import { json } from '../serde/json.ts'
import { number } from '../serde/number.ts'
import type { Serde } from '../serde/serde.ts'
import type { TimeWindows } from '../time/windows.ts'
import type { StepOptions } from './handler.ts'
import { checkName } from './names.ts'
import type { AggregateNode, Node } from './nodes.ts'

/** What is folded: its key's serde is null where the records of a key may be in several tasks. */
export interface Foldable {
  readonly node: Node
  readonly keySerde: Serde<unknown> | null
  readonly windows: TimeWindows | null
}

export interface AggregateRequest {
  readonly as: Serde<unknown>
  readonly start: unknown
  readonly add: AggregateNode['add']
}

type Rule = Pick<AggregateNode, 'fold' | 'start' | 'add' | 'sumSerde'>

export function countNode(of: Foldable, name: string, options?: StepOptions): AggregateNode {
  const add: AggregateNode['add'] = (sum) => (sum as number) + 1
  return foldNode(of, name, { fold: 'count', start: () => 0, add, sumSerde: number }, options)
}

export function reduceNode(
  of: Foldable,
  name: string,
  add: AggregateNode['add'],
  options?: StepOptions & { readonly value?: Serde<unknown> },
): AggregateNode {
  const sumSerde = options?.value ?? json()
  return foldNode(of, name, { fold: 'reduce', start: () => undefined, add, sumSerde }, options)
}

export function aggregateNode(
  of: Foldable,
  name: string,
  { as, start, add }: AggregateRequest,
  options?: StepOptions,
): AggregateNode {
  if (typeof start !== 'function') freezePlainData(start)
  const makeStart = typeof start === 'function' ? (start as () => unknown) : () => start
  return foldNode(of, name, { fold: 'aggregate', start: makeStart, add, sumSerde: as }, options)
}

function foldNode(of: Foldable, name: string, rule: Rule, options: StepOptions | undefined): AggregateNode {
  return Object.freeze({
    kind: 'aggregate',
    input: of.node,
    ...rule,
    store: checkName('store', name),
    windows: of.windows,
    emit: of.windows === null ? 'updates' : 'final',
    keySerde: of.keySerde ?? refuseKey(name),
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

/** The options that every node has, in the form of a node. No policies are as none given: the source's hold. */
export function policiesOf(options: StepOptions | undefined): StepOptions {
  const onFailure = options?.onFailure ?? []
  return onFailure.length === 0 ? {} : { onFailure: Object.freeze([...onFailure]) }
}

/** All keys share one start: a fold that changes it in place must fail, not leak from key to key. */
function freezePlainData(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return
  Object.freeze(value)
  for (const part of Object.values(value)) freezePlainData(part)
}
