/**
 * DescribeLogDirs.
 * Behaviour: one directory, with the copies that the node holds; a topic that is not there is left out.
 * Version notes: 3 an error of the whole · 4 sizes of the volume, which are not known here (-1).
 */
import { DescribeLogDirs } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Request, ResponseInput } from '../../wire/schema.ts'
import type { Broker } from '../broker.ts'
import { type AnyHandler, handler } from '../handler.ts'

type Wanted = Request<typeof DescribeLogDirs>['topics']
type Topics = ResponseInput<typeof DescribeLogDirs>['results'][number]['topics']

/** Stands for a directory where there is none. */
const memory = 'memory'

export const describeLogDirs: AnyHandler = handler({
  api: DescribeLogDirs,
  execute({ topics }, broker, { node }) {
    const logDir = broker.settings.directory ?? memory
    const result = { errorCode: errorCode.NONE, logDir, topics: topicsAt(node, topics, broker) }
    return { throttleTimeMs: 0, results: [result] }
  },
  refuse: (_, code) => ({ throttleTimeMs: 0, errorCode: code, results: [] }),
})

function topicsAt(node: number, wanted: Wanted, broker: Broker): Topics {
  const described = broker.topics.all().map(({ name, partitions }) => {
    const chosen = wanted === null ? null : (wanted.find(({ topic }) => topic === name)?.partitions ?? [])
    const held = [...partitions.entries()].filter(
      ([index, log]) => log.replicas.includes(node) && (chosen === null || chosen.includes(index)),
    )
    return {
      name,
      partitions: held.map(([partitionIndex, log]) => ({
        partitionIndex,
        partitionSize: log.sizeInBytes,
        offsetLag: 0,
        isFutureKey: false,
      })),
    }
  })
  return described.filter(({ partitions }) => partitions.length > 0)
}
