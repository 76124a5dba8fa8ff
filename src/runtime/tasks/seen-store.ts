/** What is told of a store of a task that this thread runs. */
import type { GraphStore } from '../../topology/graph.ts'
import type { TaskDescription } from '../plan.ts'
import type { SeenStore } from '../state-reader.ts'
import type { Task } from './task.ts'

/** @param find the task that has the store now: one that is opened anew is another */
export function seenStore(
  { id, partition }: TaskDescription,
  store: GraphStore,
  find: () => Task | undefined,
): SeenStore {
  return {
    task: id,
    partition,
    store,
    role: 'active',
    isReady() {
      const phase = find()?.phase
      return phase === 'running' || phase === 'done'
    },
    lag: () => 0,
    time: () => find()?.committedTime(store.node) ?? -1,
  }
}
