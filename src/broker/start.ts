/** Starting a broker: its nodes listen, and what can be done to it is put together. */
import { Broker } from './broker.ts'
import type { EmbeddedBroker } from './embedded.ts'
import type { SocketFactory } from './in-process/factory.ts'
import { InProcessNetwork } from './in-process/network.ts'
import { listen } from './network/server.ts'
import type { Address, BrokerNode } from './nodes.ts'
import type { Open } from './operations.ts'
import { type BrokerOptions, settingsOf } from './options.ts'
import { RunningBroker } from './running.ts'

/** Milliseconds a piece takes between two ends inside the process. */
const inProcessDelay = { minimum: 0, maximum: 2 }

/**
 * Starts a broker and resolves when it can be connected to.
 * @example await startBroker({ nodes: 3, partitions: 6 })
 * @throws Error `EADDRINUSE` when the port is taken
 */
export async function startBroker(options: BrokerOptions = {}): Promise<EmbeddedBroker> {
  const broker = new Broker(settingsOf(options))
  const { open, connect } = options.inProcess === true ? insideProcess(broker) : onNetwork(options)
  const started: BrokerNode[] = []
  try {
    for (const node of broker.nodes.all()) {
      await start(broker, node, options, open)
      started.push(node)
    }
  } catch (error) {
    broker.close()
    await Promise.all(started.map((node) => node.listener?.close()))
    throw error
  }
  return await withControl(new RunningBroker(broker, open, connect), options)
}

async function withControl(broker: RunningBroker, { control }: BrokerOptions): Promise<RunningBroker> {
  if (control === undefined) return broker
  try {
    // It brings an HTTP server, 14 MB of memory: only for those who ask for it.
    const { startControl } = await import('./control/server.ts')
    broker.control = await startControl(broker, control)
  } catch (error) {
    await broker.close()
    throw error
  }
  return broker
}

interface Ground {
  readonly open: Open
  readonly connect: SocketFactory
}

function insideProcess(broker: Broker): Ground {
  const { clock, random } = broker.settings
  const network = new InProcessNetwork({ clock, random, delay: inProcessDelay })
  return { open: async (owner, node, port) => network.listen(owner, node.id, port), connect: network.connect }
}

function onNetwork(options: BrokerOptions): Ground {
  return {
    open: (broker, node, port) => listen(broker, node.id, options.host ?? '127.0.0.1', port),
    connect: () => {
      throw new Error('the broker listens on ports: only one started with `inProcess` has sockets of its own')
    },
  }
}

async function start(broker: Broker, node: BrokerNode, options: BrokerOptions, open: Open): Promise<void> {
  const port = options.port ?? 0
  node.listener = await open(broker, node, port === 0 ? 0 : port + node.id - 1)
  node.port = node.listener.port
  const host = options.host ?? '127.0.0.1'
  const own = { host: host === '0.0.0.0' ? '127.0.0.1' : host, port: node.port }
  node.address = advertisedBy(options, node.id) ?? own
}

function advertisedBy({ advertised }: BrokerOptions, id: number): Address | undefined {
  if (typeof advertised === 'function') return advertised(id)
  if (advertised === undefined || 'host' in advertised) return advertised
  return advertised[id - 1]
}
