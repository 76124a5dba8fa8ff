/**
 * Who leads which partition. A new leader always comes with a new leader epoch, and whoever waits at the old one is
 * woken to be told. Partitions stay with their replicas: one whose replicas are all dead has no leader.
 */
import type { PartitionLog } from './log/log.ts'
import type { Nodes } from './nodes.ts'
import type { Place } from './topics.ts'

export const noLeader = -1

/** Copies of a partition whose topic's creator names no number: as many as Kafka advises, if there are nodes. */
export function defaultCopies(nodes: number): number {
  return Math.min(3, nodes)
}

/** Told after a partition's leader changed: coordinators live with the leaders of the internal topics. */
export type LeaderChange = (topic: string, partition: number) => void

export class Leadership {
  readonly #nodes: Nodes
  readonly #changed: LeaderChange

  constructor(nodes: Nodes, changed: LeaderChange) {
    this.#nodes = nodes
    this.#changed = changed
  }

  get defaultFactor(): number {
    return defaultCopies(this.#nodes.all().length)
  }

  /**
   * The nodes for a new partition, its leader first: round robin over those that live, from a node that the topic's
   * name decides, so that a broker started again places everything as before.
   */
  replicasFor(topic: string, partition: number, factor: number): number[] {
    const alive = this.#nodes.alive()
    const candidates = alive.length > 0 ? alive : this.#nodes.all()
    const first = hashOf(topic) + partition
    const count = Math.min(factor, candidates.length)
    return Array.from({ length: count }, (_, index) => candidates[(first + index) % candidates.length]!.id)
  }

  /** Places a partition that was just made: on the replicas that are named, or on some of that number. */
  readonly place: Place = (topic, partition, log, { factor = this.defaultFactor, replicas }) => {
    log.replicas = replicas ?? this.replicasFor(topic, partition, factor)
    log.leader = this.#firstAlive(log.replicas)
  }

  /** Gives the partition another leader, which becomes one of its replicas if it is none. */
  move(topic: string, partition: number, log: PartitionLog, leader: number): void {
    if (leader !== noLeader && !log.replicas.includes(leader)) log.replicas = [leader, ...log.replicas.slice(1)]
    this.#lead(topic, partition, log, leader)
  }

  /** Elects anew where the leader is dead, or where there is none and a replica has come back. */
  elect(topic: string, partition: number, log: PartitionLog): void {
    if (this.#nodes.isAlive(log.leader)) return
    const leader = this.#firstAlive(log.replicas)
    if (leader !== log.leader) this.#lead(topic, partition, log, leader)
  }

  /** The replica that leads when all are well. */
  preferred(log: PartitionLog): number {
    return log.replicas[0] ?? noLeader
  }

  /** Replicas that are up; the last leader when none is. */
  inSync(log: PartitionLog): number[] {
    const alive = log.replicas.filter((id) => this.#nodes.isAlive(id))
    return alive.length > 0 ? alive : log.replicas.slice(0, 1)
  }

  offline(log: PartitionLog): number[] {
    return log.replicas.filter((id) => !this.#nodes.isAlive(id))
  }

  #firstAlive(replicas: readonly number[]): number {
    return replicas.find((id) => this.#nodes.isAlive(id)) ?? noLeader
  }

  #lead(topic: string, partition: number, log: PartitionLog, leader: number): void {
    log.leader = leader
    if (leader !== noLeader) log.raiseLeaderEpoch()
    log.wake()
    this.#changed(topic, partition)
  }
}

function hashOf(name: string): number {
  let hash = 0
  for (let index = 0; index < name.length; index++) hash = (Math.imul(hash, 31) + name.charCodeAt(index)) & 0x7fffffff
  return hash
}
