/** `server.properties` of one node. The first is broker and controller, every other one a broker. */

export interface NodeSite {
  /** From 1. */
  readonly id: number
  readonly port: number
  /** Of the first node. */
  readonly controllerPort: number
  readonly logs: string
  /** Where the other nodes reach this one, when there are others: through a link that can be held. */
  readonly internal?: { readonly port: number; readonly advertisedPort: number }
}

const settings: Readonly<Record<string, string>> = {
  'controller.listener.names': 'CONTROLLER',
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '2',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'transaction.state.log.num.partitions': '2',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  'group.initial.rebalance.delay.ms': '0',
  'group.min.session.timeout.ms': '1000',
  'auto.create.topics.enable': 'false',
  // The cleaner looks for work often, so that a test of compaction does not wait 15 s.
  'log.cleaner.backoff.ms': '200',
}

/** A node that is gone is noticed, and its partitions led by another, within seconds. */
const settingsOfSeveral: Readonly<Record<string, string>> = {
  'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
  'inter.broker.listener.name': 'INTERNAL',
  'broker.heartbeat.interval.ms': '500',
  'broker.session.timeout.ms': '4000',
  'replica.lag.time.max.ms': '4000',
  'replica.fetch.wait.max.ms': '200',
}

export function serverProperties(node: NodeSite, more: Readonly<Record<string, string>>): string {
  const properties: Record<string, string> = {
    ...identity(node),
    ...settings,
    ...(node.internal === undefined ? {} : settingsOfSeveral),
    ...more,
  }
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

function identity({ id, port, controllerPort, logs, internal }: NodeSite): Record<string, string> {
  const isController = id === 1
  const at = (listener: string, ofListener: number): string => `${listener}://127.0.0.1:${ofListener}`
  const advertised = [at('PLAINTEXT', port)]
  const listeners = [at('PLAINTEXT', port)]
  if (internal !== undefined) {
    listeners.push(at('INTERNAL', internal.port))
    advertised.push(at('INTERNAL', internal.advertisedPort))
  }
  if (isController) listeners.push(at('CONTROLLER', controllerPort))
  return {
    'process.roles': isController ? 'broker,controller' : 'broker',
    'node.id': String(id),
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: listeners.join(','),
    'advertised.listeners': advertised.join(','),
    'log.dirs': logs,
  }
}
