/** Windowed streams on their way to a fold, and what a fold of windows gives. */
import { MillraceError } from '../../faults.ts'
import type { Serde } from '../../serde/serde.ts'
import type { Trigger } from '../../time/triggers.ts'
import { isWindows, type Windows } from '../../time/windows.ts'
import { type AggregateRequest, aggregateNode, countNode, type Foldable, reduceNode } from '../fold.ts'
import type { StepOptions } from '../handler.ts'
import type { LateOptions } from '../late.ts'
import type { AggregateNode, Node } from '../nodes.ts'
import { pendingStore } from '../window-stores.ts'
import type { StreamHost } from './host.ts'
import { suppressedWindows } from './suppress.ts'
import { topRequest, type WindowTopOptions } from './window-top.ts'

type Options = StepOptions & LateOptions

/** @throws MillraceError MR4003 when it isn't given windows: programs without types can pass anything */
export function windowed(stream: StreamHost, windows: Windows): WindowedChain {
  return new WindowedChain(stream, checkWindows(windows))
}

class WindowedChain implements Foldable {
  readonly kind = 'windowed-stream'
  readonly node: Node
  readonly keySerde: Serde<unknown> | null
  readonly windows: Windows
  private readonly stream: StreamHost

  constructor(stream: StreamHost, windows: Windows) {
    this.stream = stream
    this.node = stream.node
    this.keySerde = stream.keySerde
    this.windows = windows
    Object.freeze(this)
  }

  count(name: string, options?: Options): StreamHost {
    return results(this.stream, countNode(this, name, options))
  }

  reduce(name: string, add: AggregateNode['add'], options?: Options & { value?: Serde<unknown> }): StreamHost {
    return results(this.stream, reduceNode(this, name, add, options))
  }

  aggregate(name: string, request: AggregateRequest, options?: Options): StreamHost {
    return results(this.stream, aggregateNode(this, name, request, options))
  }

  top(name: string, count: number, options: WindowTopOptions & Options): StreamHost {
    return results(this.stream, aggregateNode(this, name, topRequest(name, count, options), options))
  }
}

type Results = (stream: StreamHost, fold: AggregateNode) => unknown

const lasting: Results = (stream, fold) =>
  stream.makeLate(fold, fold.keySerde, {
    updates: () => updates(stream, fold),
    early: (trigger: Trigger) => stream.makeLate(early(fold, trigger), fold.keySerde),
    onTime: () => stream.makeLate({ ...fold, emit: 'on-time' }, fold.keySerde),
  })

/** How each kind of windows may be asked for its rows. */
const resultsOf: Readonly<Record<Windows['kind'], Results>> = {
  tumbling: lasting,
  hopping: lasting,
  cumulate: lasting,
  sliding: lasting,
  session: lasting,
  // Nothing is late where windows have no time.
  count: (stream, fold) => stream.makeStream(fold, fold.keySerde),
  // A window that never closes has no final row.
  global: (stream, fold) =>
    Object.freeze({
      updates: () => stream.makeStream({ ...fold, emit: 'updates' }, fold.keySerde),
      early: (trigger: Trigger) => stream.makeStream(early(fold, trigger), fold.keySerde),
    }),
}

function results(stream: StreamHost, fold: AggregateNode): StreamHost {
  return resultsOf[fold.windows!.kind](stream, fold) as StreamHost
}

function updates(stream: StreamHost, fold: AggregateNode): StreamHost {
  const node: AggregateNode = Object.freeze({ ...fold, emit: 'updates' })
  return stream.makeLate(node, fold.keySerde, {
    suppress: (name: string, options: never) => suppressedWindows(stream, node, name, options),
  })
}

function early(fold: AggregateNode, trigger: Trigger): AggregateNode {
  // A change that is looked at when it happens needs no memory.
  const memory = checkTrigger(trigger).kind === 'change' ? [] : [pendingStore(fold.store, fold.keySerde)]
  return { ...fold, emit: 'early', trigger, stores: Object.freeze([...fold.stores, ...memory]) }
}

const triggerKinds: readonly string[] = ['records', 'wall-clock', 'event-time', 'change']

function checkTrigger(trigger: Trigger): Trigger {
  if (triggerKinds.includes(String(trigger?.kind))) return trigger
  throw noneGiven('early() was given no trigger', trigger, 'early(onRecords(100))')
}

function checkWindows(windows: Windows): Windows {
  if (isWindows(windows)) return windows
  throw noneGiven('window() was given no windows', windows, 'window(tumbling({ minutes: 1 }))')
}

function noneGiven(what: string, given: unknown, fix: string): MillraceError {
  const why = `it got ${JSON.stringify(given) ?? String(given)}`
  return new MillraceError('fatal', { code: 'MR4003', what, why, fix })
}
