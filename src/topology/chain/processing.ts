/** User code with state, timers and waiting, as nodes. */
import { type Duration, toMilliseconds } from '../../clock.ts'
import { MillraceError } from '../../faults.ts'
import { bytes } from '../../serde/bytes.ts'
import { policiesOf } from '../fold.ts'
import type { StepOptions } from '../handler.ts'
import { lengthOf } from '../lengths.ts'
import { checkName } from '../names.ts'
import { keyValueStore, orderedStore } from '../node-stores.ts'
import type { MapAsyncNode, ProcessHandler, ProcessNode, Punctuator, StateDefinition } from '../nodes/processing.ts'
import type { NodeStore } from '../nodes.ts'
import type { AnyState, MapAsyncOptions } from '../steps/processing.ts'
import type { StreamHost } from './host.ts'
import { keySerdeOf } from './key-of.ts'

interface Definition extends StepOptions {
  readonly state?: Readonly<Record<string, AnyState>>
  readonly onRecord?: ProcessHandler
  readonly onTimer?: ProcessHandler
  readonly everyEventTime?: Periodic
  readonly everyWallClock?: Periodic
}

interface Periodic {
  readonly every: Duration
  readonly forEachKey?: boolean
  readonly run: Punctuator['run']
}

/** Timers of a task in the order of their times. */
const timeBytes = 8
const reserved: readonly string[] = ['timers', 'expiry']
const defaultConcurrency = 16
const defaultTimeout: Duration = { seconds: 5 }

export const processingOfStreams: {
  process(this: StreamHost, name: string, definition: Definition): StreamHost
  mapAsync(this: StreamHost, name: string, handler: MapAsyncNode['handler'], options?: MapAsyncOptions): StreamHost
} = {
  process(name, definition) {
    const { onRecord = null, onTimer = null, everyEventTime, everyWallClock } = definition
    const keySerde = keySerdeOf(`process ${name}`, this)
    const state = statesOf(definition.state ?? {})
    const node: ProcessNode = {
      kind: 'process',
      input: this.node,
      name: checkName('process', name),
      state,
      onRecord,
      onTimer,
      everyEventTime: punctuatorOf('everyEventTime', everyEventTime),
      everyWallClock: punctuatorOf('everyWallClock', everyWallClock),
      keySerde,
      stores: Object.freeze(storesOf(name, state, onTimer !== null, keySerde)),
      ...policiesOf(definition),
    }
    return this.makeStream(node)
  },

  mapAsync(name, handler, options = {}) {
    const { concurrency = defaultConcurrency, timeout = defaultTimeout } = options
    return this.makeStream({
      kind: 'map-async',
      input: this.node,
      name: checkName('mapAsync', name),
      handler,
      concurrency: positive('concurrency', concurrency),
      timeout: positive('timeout', lengthOf('timeout', timeout)),
      ...policiesOf(options),
    })
  },
}

function statesOf(states: Readonly<Record<string, AnyState>>): ProcessNode['state'] {
  const definitions = Object.entries(states).map(([name, state]): [string, StateDefinition] => {
    return [name, Object.freeze({ ...state, key: state.kind === 'map' ? state.key : null })]
  })
  return Object.freeze(Object.fromEntries(definitions))
}

function storesOf(
  name: string,
  states: ProcessNode['state'],
  hasTimers: boolean,
  keySerde: ProcessNode['keySerde'],
): NodeStore[] {
  const stores = Object.entries(states).map(([state, { kind, value }]) => {
    if (reserved.includes(state)) throw taken(name, state)
    const store = `${name}.${state}`
    return kind === 'value' ? keyValueStore(store, keySerde, value) : orderedStore(store, value, 0)
  })
  const expires = Object.values(states).some(({ ttl }) => ttl !== null)
  const timers = hasTimers ? [orderedStore(`${name}.timers`, bytes, timeBytes)] : []
  return [...stores, ...timers, ...(expires ? [orderedStore(`${name}.expiry`, bytes, timeBytes)] : [])]
}

function taken(name: string, state: string): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR4001',
    what: `A state of process ${name} can't be called ${state}`,
    why: `the store ${name}.${state} is for its ${state === 'timers' ? 'timers' : 'times to live'}`,
    fix: 'give the state another name',
  })
}

function punctuatorOf(option: string, periodic: Periodic | undefined): Punctuator | null {
  if (periodic === undefined) return null
  const { every, forEachKey = false, run } = periodic
  return Object.freeze({ every: positive(option, toMilliseconds(every)), forEachKey, run })
}

/** @throws MillraceError MR1003 */
function positive(option: string, given: number): number {
  if (Number.isSafeInteger(given) && given > 0) return given
  throw new MillraceError('fatal', {
    code: 'MR1003',
    what: `${option} must be a whole number above 0`,
    why: `it is ${given}`,
  })
}
