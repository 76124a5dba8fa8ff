/** `server.properties` of a broker that is its own controller. */

export interface Node {
  readonly port: number
  readonly controllerPort: number
  readonly logs: string
}

export function serverProperties(node: Node, more: Readonly<Record<string, string>>): string {
  const broker = `PLAINTEXT://127.0.0.1:${node.port}`
  const properties: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${node.controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `${broker},CONTROLLER://127.0.0.1:${node.controllerPort}`,
    'advertised.listeners': broker,
    'log.dirs': node.logs,
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
    ...more,
  }
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}
