/** Which stores there are, and where their tasks can be asked. */
import type { StoresAnswer } from './answers.ts'
import { taskOf } from './catalog.ts'
import type { Desk } from './desk.ts'
import { reads } from './wanted.ts'

export function listing(desk: Desk): StoresAnswer {
  const stores = [...desk.stores].map((store) => ({
    name: store.name,
    node: store.node,
    kind: store.layout.kind,
    reads: reads[store.layout.kind],
    key: store.store.store.key.name,
    value: store.store.store.value.name,
    tasks: Array.from({ length: store.partitions }, (_, partition) => {
      const task = taskOf(store, partition)
      return { task, partition, address: desk.addressOf(task) }
    }),
  }))
  return { schemaVersion: 1, app: desk.app, stores }
}
