/** Faults of brokers: nodes that die or stand still, leaders and coordinators that move, transactions that are ended. */
import { topicNames } from '../../../topology/graph.ts'
import type { World } from '../world.ts'
import type { Cause } from './fault.ts'
import { anyWorker } from './process.ts'

export const brokerFaults = {
  /** One at a time: with several the cluster itself would be gone. */
  nodeKilled: (world, hit) => {
    const { broker, clock } = world
    if (broker.nodes.some(({ state }) => state !== 'running')) return
    const { id } = world.choose(broker.nodes)!
    void broker.killNode(id)
    clock.after(world.between(1_000, 15_000), () => void broker.startNode(id))
    hit()
  },
  nodePaused: (world, hit) => {
    const { broker, clock } = world
    if (broker.nodes.some(({ state }) => state !== 'running')) return
    const { id } = world.choose(broker.nodes)!
    broker.pauseNode(id)
    clock.after(world.between(500, 15_000), () => broker.resumeNode(id))
    hit()
  },
  /** All nodes end at once and come back with what was written. */
  clusterRestarted: (world, hit) => {
    if (world.broker.nodes.some(({ state }) => state !== 'running')) return
    void world.broker.crashRestart()
    hit()
  },
  leaderMoved: (world, hit) => {
    const topic = world.choose(world.broker.describe().topics)
    const partition = world.choose(topic?.partitions ?? [])
    const node = anyNode(world)
    if (topic === undefined || partition === undefined || node === undefined) return
    world.broker.movePartition({ topic: topic.name, partition: partition.partition }, node)
    hit()
  },
  groupCoordinatorMoved: (world, hit) => {
    const node = anyNode(world)
    if (node === undefined) return
    world.broker.moveCoordinator({ group: world.graph.app }, node, loading(world))
    hit()
  },
  transactionCoordinatorMoved: (world, hit) => {
    const transactionalId = anyTransaction(world, () => true)
    const node = anyNode(world)
    if (transactionalId === undefined || node === undefined) return
    world.broker.moveCoordinator({ transactionalId }, node, loading(world))
    hit()
  },
  transactionExpired: (world, hit) => {
    const transactionalId = anyTransaction(world, (state) => state === 'Ongoing')
    if (transactionalId !== undefined && world.broker.expireTransaction(transactionalId)) hit()
  },
  /** Its producers have written for so long that the next epoch is the last of their id. */
  epochsUsedUp: (world, hit) => {
    const transactionalId = anyTransaction(world, (state) => state !== 'Ongoing')
    if (transactionalId !== undefined && world.broker.setProducerEpoch(transactionalId, 32_765)) hit()
  },
  markersHeld: (world, hit) => {
    const topic = world.choose(world.broker.describe().topics.filter(({ isInternal }) => !isInternal))
    const partition = world.choose(topic?.partitions ?? [])
    if (topic === undefined || partition === undefined) return
    world.release(world.broker.holdMarkers({ topic: topic.name, partition: partition.partition }), 100, 6_000)
    hit()
  },
  positionsHeld: (world, hit) => {
    world.release(world.broker.holdOffsets(world.graph.app), 100, 6_000)
    hit()
  },
  throttled: (world, hit) => {
    const worker = anyWorker(world)
    if (worker === undefined) return
    const duration = { milliseconds: world.between(100, 3_000) }
    world.release(world.broker.throttle(worker.name, duration), 2_000, 8_000)
    hit()
  },
  compacted: (world, hit) => {
    const progress = topicNames.progress(world.graph.app)
    const names = world.broker.describe().topics.map(({ name }) => name)
    const kept = names.filter((name) => name === progress || name.endsWith('.changelog'))
    world.recorder.take()
    for (const name of kept) world.broker.rollSegments(name)
    for (const name of kept) world.broker.compactNow(name)
    if (kept.length > 0) hit()
  },
} satisfies Record<string, Cause>

function anyNode(world: World): number | undefined {
  return world.choose(world.broker.nodes.filter(({ state }) => state !== 'killed'))?.id
}

function loading(world: World): { readonly milliseconds: number } {
  return { milliseconds: world.chance(0.5) ? 0 : world.between(10, 10_000) }
}

function anyTransaction(world: World, when: (state: string) => boolean): string | undefined {
  const known = world.broker.describe().transactions.filter(({ state }) => when(state))
  return world.choose(known.filter(({ transactionalId }) => transactionalId.startsWith(world.graph.app)))
    ?.transactionalId
}
