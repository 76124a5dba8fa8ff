/** A broker of its own for each scenario of the must-fail list, and workers that are known by name. */

import { type BrokerOptions, type EmbeddedBroker, type LoggedRequest, startBroker } from '../../src/broker/index.ts'
import type { Topology } from '../../src/index.ts'
import type { NativeConfig } from '../../src/kafka/native/config.ts'
import type { Kafka } from '../../src/kafka/port.ts'
import { subscribe, type WorkerEventName, type WorkerEvents } from '../../src/observe/events.ts'
import type { RunOptions } from '../../src/runtime/run.ts'
import { committed, type RuntimeBench, runtimeTools, type Started } from '../contracts/runtime-tools.ts'
import { connected, until } from '../contracts/tools.ts'

interface Expected {
  /** It is meant to fail: the test goes on. */
  readonly fails?: boolean
}

export interface World {
  readonly broker: EmbeddedBroker
  readonly bench: RuntimeBench
  client(clientId: string, config?: Partial<NativeConfig>): Promise<Kafka>
  /** A worker whose client and instance have that name. */
  worker(name: string, topology: Topology, options?: Partial<RunOptions> & Expected): Promise<Started>
  /** The events of a kind so far; the list grows. */
  events<Name extends WorkerEventName>(name: Name): readonly WorkerEvents[Name][]
  /** What a client asked of one API so far. */
  asked(clientId: string, api: string): readonly LoggedRequest[]
  /** Waits for a condition; fails at once when a worker has that should not. */
  until(what: string, condition: () => boolean | Promise<boolean>): Promise<void>
  /** Until the group has committed that many records of the first `partitions` partitions. */
  committed(topology: Topology, topic: string, count: number, partitions?: number): Promise<void>
  /** Removes the member of a worker from its group, as if its session had ended. */
  evict(topology: Topology, worker: string): void
  close(): Promise<void>
}

/** @example const world = await startWorld({ nodes: 2 }); …; await world.close() */
export async function startWorld(options: BrokerOptions = {}): Promise<World> {
  const broker = await startBroker({ requestLog: 20_000, ...options })
  const clients: Kafka[] = []
  const workers: Started[] = []
  const reliable: Promise<unknown>[] = []
  const silences: (() => void)[] = []
  const client: World['client'] = async (clientId, config = {}) => {
    const kafka = await connected(broker.addresses, { ...config, clientId })
    clients.push(kafka)
    return kafka
  }
  const kafka = await client('observer')
  const bench = runtimeTools({ brokers: () => broker.addresses, kafka: () => kafka, client: () => client('bench') })
  const waiting: World['until'] = (what, condition) => {
    const failed = reliable.map((ended) => ended.then(() => new Promise<never>(() => undefined)))
    return Promise.race([until(what, condition), ...failed])
  }
  return {
    broker,
    bench,
    client,
    async worker(name, built, { fails = false, ...rest } = {}) {
      const worker = bench.start(built, { instance: name, ...rest, kafka: await client(name) })
      workers.push(worker)
      if (!fails) reliable.push(worker.ended)
      return worker
    },
    events<Name extends WorkerEventName>(name: Name) {
      const seen: WorkerEvents[Name][] = []
      silences.push(subscribe(name, (event) => seen.push(event)))
      return seen
    },
    asked: (clientId, api) => broker.requests({ clientId, api }),
    until: waiting,
    committed: (built, name, count, partitions = 1) =>
      waiting(`${count} are committed`, async () => (await committed(bench, built.name, name, partitions)) === count),
    evict({ name }, worker) {
      const group = broker.describe().groups.find(({ groupId }) => groupId === name)
      // The id of a static member begins with the name of its instance.
      const member = group?.members.find((memberId) => memberId.startsWith(`${worker}-`))
      if (member === undefined || !broker.evict(name, member)) throw new Error(`${worker} is not a member of ${name}`)
    },
    async close() {
      for (const silence of silences) silence()
      const stopped = workers.map((worker) => worker.stop())
      for (const each of clients) await each.close()
      await Promise.allSettled(stopped)
      await broker.close()
    },
  }
}

/** A promise that the test resolves, for faults that hold a request. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: () => resolve() }
}
