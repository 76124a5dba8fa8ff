/** The stores of a node in their own types. */
import type { KeyValueStore, OrderedStore, WindowStore } from '../state/store.ts'
import type { OperatorEnvironment } from './operator.ts'

export function keyValueStore({ store }: Pick<OperatorEnvironment, 'store'>, name: string): KeyValueStore {
  return store(name) as KeyValueStore
}

export function windowStore({ store }: Pick<OperatorEnvironment, 'store'>, name: string): WindowStore {
  return store(name) as WindowStore
}

export function orderedStore({ store }: Pick<OperatorEnvironment, 'store'>, name: string): OrderedStore {
  return store(name) as OrderedStore
}
