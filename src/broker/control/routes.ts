/** The control endpoint's table: method and path, and what they do. */
import type { TopicPartition } from '../../record.ts'
import type { RunningBroker } from '../running.ts'
import { type Body, ControlError, coordinatedIn, matchIn, numberIn, stepsIn } from './body.ts'

/** The parts of the path that stand for something, in order. */
type Run = (broker: RunningBroker, path: readonly string[], body: Body) => unknown

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** `*` stands for any one part. */
  readonly path: string
  readonly run: Run
}

const done = { done: true }

export const routes: readonly Route[] = [
  { method: 'GET', path: '/nodes', run: (broker) => broker.describe().nodes },
  { method: 'GET', path: '/topics', run: (broker) => broker.describe().topics },
  { method: 'GET', path: '/transactions', run: (broker) => broker.describe().transactions },
  { method: 'GET', path: '/groups', run: (broker) => broker.describe().groups },
  { method: 'GET', path: '/requests', run: (broker) => broker.requests() },
  { method: 'GET', path: '/audit', run: (broker) => broker.audit() },
  { method: 'GET', path: '/faults', run: (broker) => faults(broker) },
  { method: 'POST', path: '/faults', run: (broker, _, body) => intercept(broker, body) },
  { method: 'DELETE', path: '/faults', run: ({ faults }) => finish(faults.clear()) },
  { method: 'POST', path: '/nodes/*/kill', run: async (broker, [id]) => finish(await broker.killNode(number(id))) },
  { method: 'POST', path: '/nodes/*/start', run: async (broker, [id]) => finish(await broker.startNode(number(id))) },
  { method: 'POST', path: '/nodes/*/pause', run: (broker, [id]) => finish(broker.pauseNode(number(id))) },
  { method: 'POST', path: '/nodes/*/resume', run: (broker, [id]) => finish(broker.resumeNode(number(id))) },
  {
    method: 'POST',
    path: '/partitions/*/*/move',
    run: (broker, path, body) => finish(broker.movePartition(partition(path), numberIn(body, 'node'))),
  },
  {
    method: 'POST',
    path: '/partitions/*/*/truncate',
    run: (broker, path, body) => finish(broker.truncateTo(partition(path), numberIn(body, 'offset'))),
  },
  {
    method: 'POST',
    path: '/partitions/*/*/compact',
    run: (broker, path) => finish(broker.compactPartition(partition(path))),
  },
  {
    method: 'POST',
    path: '/partitions/*/*/roll',
    run: (broker, path) => finish(broker.rollPartition(partition(path))),
  },
  { method: 'POST', path: '/coordinators/move', run: (broker, _, body) => moveCoordinator(broker, body) },
  { method: 'POST', path: '/transactions/*/expire', run: (broker, [id]) => expire(broker, id!) },
]

function finish(_: unknown): typeof done {
  return done
}

function number(text: string | undefined): number {
  if (text !== undefined && /^\d+$/.test(text)) return Number(text)
  throw new ControlError(400, `"${text}" is not a number`)
}

function partition([topic, index]: readonly string[]): TopicPartition {
  return { topic: topic!, partition: number(index) }
}

function faults({ faults }: RunningBroker): unknown {
  const active = faults.active().map(({ match, hits }) => ({ match, hits }))
  return { active, unhit: faults.unhit() }
}

function intercept({ faults }: RunningBroker, body: Body): typeof done {
  faults.interceptEach(matchIn(body.match), stepsIn(body))
  return done
}

function moveCoordinator(broker: RunningBroker, body: Body): typeof done {
  const milliseconds = body.loadingMilliseconds === undefined ? 0 : numberIn(body, 'loadingMilliseconds')
  broker.moveCoordinator(coordinatedIn(body), numberIn(body, 'node'), { milliseconds })
  return done
}

function expire(broker: RunningBroker, transactionalId: string): typeof done {
  if (broker.expireTransaction(transactionalId)) return done
  throw new ControlError(404, `no transaction is open under "${transactionalId}"`)
}
