/** Where things are in a cluster, asked of a node that lives. */

import type { TopicPartition } from '../../src/record.ts'
import { Metadata } from '../../src/wire/apis/03-metadata.ts'
import { FindCoordinator } from '../../src/wire/apis/10-find-coordinator.ts'
import { ElectLeaders } from '../../src/wire/apis/43-elect-leaders.ts'
import { WireClient } from '../broker/wire-client.ts'
import { unique } from '../contracts/tools.ts'

const keyTypes = { group: 0, transaction: 1 } as const

async function ask<T>(address: string, question: (client: WireClient) => Promise<T>): Promise<T> {
  const client = new WireClient(address)
  try {
    return await question(client)
  } finally {
    client.close()
  }
}

/** The node that leads each partition of a topic. */
export async function leadersOf(address: string, topic: string): Promise<number[]> {
  const body = { topics: [{ name: topic }], allowAutoTopicCreation: false }
  const { topics } = await ask(address, (client) => client.send(Metadata, 9, body))
  const partitions = [...(topics[0]?.partitions ?? [])].sort((one, other) => one.partitionIndex - other.partitionIndex)
  return partitions.map(({ leaderId }) => leaderId)
}

/** Every partition goes back to the node that is to lead it, as soon as that one's copy is in step. */
export async function electPreferred(address: string): Promise<void> {
  const body = { electionType: 0, topicPartitions: null, timeoutMs: 10_000 }
  await ask(address, (client) => client.send(ElectLeaders, 2, body))
}

/** The first partition of a topic that this node leads. */
export async function ledBy(address: string, node: number, topic: string): Promise<TopicPartition> {
  const partition = (await leadersOf(address, topic)).indexOf(node)
  if (partition < 0) throw new Error(`node ${node} leads no partition of ${topic}`)
  return { topic, partition }
}

/** A name, of a group or a transactional id, that this node coordinates. */
export async function coordinatedBy(address: string, node: number, kind: 'group' | 'transaction'): Promise<string> {
  return ask(address, async (client) => {
    for (let tries = 0; tries < 500; tries++) {
      const key = unique(kind)
      const { coordinators } = await client.send(FindCoordinator, 4, {
        keyType: keyTypes[kind],
        coordinatorKeys: [key],
      })
      const found = coordinators[0]
      if (found?.errorCode === 0 && found.nodeId === node) return key
      if (found?.errorCode !== 0) await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`node ${node} coordinates no ${kind}`)
  })
}
