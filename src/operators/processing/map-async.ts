import type { MapAsyncNode } from '../../topology/nodes/processing.ts'
import type { RecordContext } from '../../topology/nodes.ts'
import { type Build, stateless } from '../site.ts'

/** One value in, the promise of another out: what is asked and what goes on when the answer is there. */
export const mapAsync: Build<MapAsyncNode> = ({ node, index, environment: { context, calls }, forward }) => {
  const { concurrency, timeout } = node
  return stateless((key, value, time, window) => {
    const { headers, topic, partition, offset } = context
    const record: RecordContext = { key, time, window, headers, topic, partition, offset }
    const start = async (signal: AbortSignal): Promise<unknown> => {
      return await node.handler(value, Object.freeze({ ...record, signal }) as never)
    }
    calls!.add({ node: index, key, value, time, window, start, forward, concurrency, timeout })
  })
}
