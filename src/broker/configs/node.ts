/** What a node tells of its own settings. They follow from how the broker was started and cannot be changed. */
import { internalPartitions } from '../internal-topics.ts'
import { defaultCopies } from '../leadership.ts'
import type { BrokerNode } from '../nodes.ts'
import type { Settings } from '../options.ts'
import { type ConfigType, topicDefinitions } from './definitions.ts'

export interface NodeEntry {
  readonly name: string
  readonly value: string
  readonly type: ConfigType
  /** Whether the starter of the broker may have chosen it; the others are Kafka's defaults. */
  readonly isChosen: boolean
}

export function nodeEntries(node: BrokerNode, settings: Settings): NodeEntry[] {
  const scheme = `${settings.sasl === null ? '' : 'SASL_'}${settings.tls === null ? 'PLAINTEXT' : 'SSL'}`
  const chosen: NodeEntry[] = [
    entry('advertised.listeners', `${scheme}://${node.address.host}:${node.address.port}`),
    entry('auto.create.topics.enable', settings.autoCreateTopics, 'boolean'),
    entry('broker.id', node.id, 'int'),
    entry('broker.rack', node.rack ?? ''),
    entry('connections.max.reauth.ms', settings.reauthentication, 'long'),
    entry('default.replication.factor', defaultCopies(settings.nodes), 'int'),
    entry('group.initial.rebalance.delay.ms', settings.groupInitialRebalanceDelay, 'int'),
    entry('group.min.session.timeout.ms', settings.groupMinimumSessionTimeout, 'int'),
    entry('node.id', node.id, 'int'),
    entry('num.partitions', settings.partitions, 'int'),
    entry('offsets.topic.num.partitions', internalPartitions, 'int'),
    entry('transaction.state.log.num.partitions', internalPartitions, 'int'),
  ]
  const defaults = Object.values(topicDefinitions).flatMap(({ node: name, type, value }) =>
    name === undefined ? [] : [{ name, value, type, isChosen: false }],
  )
  return [...chosen, ...defaults]
}

function entry(name: string, value: string | number | boolean, type: ConfigType = 'string'): NodeEntry {
  return { name, value: String(value), type, isChosen: true }
}
