import type { Reader } from '../tasks/head.ts'
import { sourceNodeOf, type Task } from '../tasks/task.ts'
import { Merge, type MergePorts } from './merge.ts'

/** The merge of a task's inputs. @param readers by queue */
export function mergeOf(
  task: Task,
  readers: readonly Reader[],
  ports: Pick<MergePorts, 'fill' | 'now' | 'counters'>,
): Merge {
  const inputs = task.queues.map((queue, index) => {
    const { source } = task.description.inputs[index]!
    const wait = sourceNodeOf(task.subTopology, source)?.wait ?? 0
    return { queue, wait, isSource: !readers[index]!.isRepartition }
  })
  return new Merge(inputs, {
    ...ports,
    hasEnded: (queue) => task.hasEnded(queue),
    isHeld: () => task.isHeld,
    isReplaying: () => task.isReplaying,
    moment: () => task.moment(ports.now()),
    decisions: task.decisions,
  })
}
