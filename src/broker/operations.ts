/** What a test may do to a broker that is running: nodes that die, leaders that move, links that are cut. */
import { type Duration, toMilliseconds } from '../clock.ts'
import type { TopicPartition } from '../record.ts'
import { Broker } from './broker.ts'
import { faultActions } from './faults.ts'
import { offsetsPartition, transactionsPartition } from './internal-topics.ts'
import type { PartitionLog } from './log/log.ts'
import type { BrokerNode, Listener } from './nodes.ts'

/** Whose coordinator is meant. */
export type Coordinated = { readonly group: string } | { readonly transactionalId: string }

/** Opens a node's listener, on that port. */
export type Open = (broker: Broker, node: BrokerNode, port: number) => Promise<Listener>

export class Operations {
  /** Another one after a crash. */
  protected broker: Broker
  readonly #open: Open

  constructor(broker: Broker, open: Open) {
    this.broker = broker
    this.#open = open
  }

  /**
   * A node dies: its connections are reset, its partitions and coordinators go to replicas that live.
   * @example await broker.killNode(2)
   */
  async killNode(id: number): Promise<void> {
    const node = this.broker.nodes.require(id)
    if (node.state === 'killed') return
    node.state = 'killed'
    this.broker.fetchSessions(id).clear()
    const ended = node.listener?.reset()
    node.listener = null
    this.#electEverywhere()
    await ended
  }

  /** A node that was killed comes back, at the same address. It leads what has no leader, and nothing else at first. */
  async startNode(id: number): Promise<void> {
    const node = this.broker.nodes.require(id)
    if (node.state !== 'killed') return
    node.listener = await this.#open(this.broker, node, node.port)
    node.state = 'running'
    this.#electEverywhere()
  }

  /**
   * The whole broker ends as a killed process does and comes back at the same addresses, with what its directory holds.
   * With `loseUnsynced` all is lost that was not flushed. In memory no record is lost, since there is nothing to read again.
   * Faults, cut links and observers stay.
   */
  async crashRestart({ loseUnsynced = false }: { readonly loseUnsynced?: boolean } = {}): Promise<void> {
    const former = this.broker
    const nodes = former.nodes.all()
    await Promise.all(nodes.map(({ listener }) => listener?.reset()))
    for (const node of nodes) Object.assign(node, { listener: null, state: 'running' })
    if (former.settings.directory === null) former.restart()
    else {
      former.crash({ loseUnsynced })
      this.broker = new Broker(former.settings, undefined, former)
    }
    for (const node of nodes) node.listener = await this.#open(this.broker, node, node.port)
    this.#electEverywhere()
  }

  /** A node that stands still: it accepts connections and requests and answers none, and keeps its partitions. */
  pauseNode(id: number): void {
    const node = this.broker.nodes.require(id)
    if (node.state === 'running') node.state = 'paused'
  }

  /** It goes on with what was asked of it meanwhile. */
  resumeNode(id: number): void {
    const node = this.broker.nodes.require(id)
    if (node.state !== 'paused') return
    node.state = 'running'
    node.listener?.wake()
  }

  /** Gives a partition another leader, in a new epoch. */
  movePartition(partition: TopicPartition, node: number): void {
    this.#requireAlive(node)
    this.broker.leadership.move(partition.topic, partition.partition, this.#log(partition), node)
  }

  /**
   * Gives a group or a transactional id another coordinator, which takes `loading` to read its log.
   * @example broker.moveCoordinator({ group: 'billing' }, 2, { milliseconds: 50 })
   */
  moveCoordinator(whose: Coordinated, node: number, loading: Duration = {}): void {
    this.#requireAlive(node)
    const partition = 'group' in whose ? offsetsPartition(whose.group) : transactionsPartition(whose.transactionalId)
    const log = this.broker.internalTopics.log(partition)
    this.broker.coordinators.whileLoadingTakes(toMilliseconds(loading), () => {
      this.broker.leadership.move(partition.topic, partition.partition, log, node)
    })
  }

  /** Cuts one client from one node, until the function returned is called: what was sent meanwhile arrives then. */
  partition(clientId: string, node: number): () => void {
    return this.broker.nodes.cut(clientId, node)
  }

  /** Answers every request of a client and then reads nothing from it for so long, until the function returned is called. */
  throttle(clientId: string, duration: Duration): () => void {
    const action = faultActions.throttle(toMilliseconds(duration))
    const { remove } = this.broker.faults.intercept({ clientId, times: Number.POSITIVE_INFINITY }, action)
    return remove
  }

  /** Loses the end of a partition, as the election of a replica that lags does: a new epoch begins there. */
  truncateTo(partition: TopicPartition, offset: number): void {
    const log = this.#log(partition)
    log.truncateTo(offset)
    this.broker.leadership.move(partition.topic, partition.partition, log, log.leader)
  }

  rollSegments(topic: string): void {
    for (const log of this.#partitions(topic)) log.roll()
  }

  expireTransaction(transactionalId: string): boolean {
    return this.broker.transactions.expireNow(transactionalId)
  }

  setProducerEpoch(transactionalId: string, epoch: number): boolean {
    return this.broker.transactions.setEpoch(transactionalId, epoch)
  }

  holdMarkers(partition: TopicPartition): () => void {
    return this.broker.markers.hold(partition)
  }

  holdOffsets(groupId: string): () => void {
    return this.broker.markers.hold(offsetsPartition(groupId))
  }

  abortTimedOutTransactions(): void {
    this.broker.transactions.abortTimedOut()
  }

  evict(groupId: string, memberId: string): boolean {
    return this.broker.groups.evict(groupId, memberId) || this.broker.consumerGroups.evict(groupId, memberId)
  }

  compactNow(topic: string): void {
    for (const log of this.#partitions(topic)) log.compact()
  }

  /** The same for one partition. */
  compactPartition(partition: TopicPartition): void {
    this.#log(partition).compact()
  }

  rollPartition(partition: TopicPartition): void {
    this.#log(partition).roll()
  }

  #electEverywhere(): void {
    const { topics, leadership } = this.broker
    for (const { name, partitions } of topics.all()) {
      for (const [index, log] of partitions.entries()) leadership.elect(name, index, log)
    }
  }

  #requireAlive(id: number): void {
    if (this.broker.nodes.require(id).state === 'killed') throw new Error(`node ${id} is dead and can lead nothing`)
  }

  #log({ topic, partition }: TopicPartition): PartitionLog {
    const log = this.broker.topics.log(topic, partition)
    if (log === undefined) throw new Error(`there is no partition ${topic}-${partition}`)
    return log
  }

  #partitions(name: string): readonly PartitionLog[] {
    const topic = this.broker.topics.get(name)
    if (topic === undefined) throw new Error(`there is no topic ${name}`)
    return topic.partitions
  }
}
