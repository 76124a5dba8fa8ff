/** A Kafka without a broker: records come from memory, what is written is counted, the group has one member. */
import { type Clock, systemClock } from '../../../src/clock.ts'
import type {
  Admin,
  Fetcher,
  GroupMemberOptions,
  Kafka,
  KafkaFeatures,
  Membership,
  OffsetQuery,
  PartitionOffset,
  Producer,
  RequestMetrics,
  TopicInfo,
  TopicSpec,
  Topics,
  Transactions,
} from '../../../src/kafka/port.ts'
import type { TopicPartition } from '../../../src/record.ts'
import { MemoryTransactions } from '../../../src/testing/memory-transactions.ts'
import { InsideFetcher } from './inside-fetcher.ts'
import type { InsideInput } from './inside-input.ts'
import { SwallowingLog } from './swallowing-log.ts'

/** One run of one worker: positions are not kept. */
export class InsideKafka implements Kafka {
  readonly features: KafkaFeatures = {
    exactlyOnce: true,
    requireStable: true,
    generationFence: true,
    customAssignor: true,
    compactedRestore: true,
    staticMembers: true,
    nullHeaders: true,
  }
  readonly lacks: ReadonlyMap<keyof KafkaFeatures, string> = new Map()
  readonly log: SwallowingLog = new SwallowingLog()
  private readonly input: InsideInput
  private readonly clock: Clock = systemClock
  /** Partitions by topic. */
  private readonly known = new Map<string, number>()

  /** @param outputs the user's topics that are written */
  constructor(input: InsideInput, outputs: readonly string[]) {
    this.input = input
    for (const topic of [input.topic, ...outputs]) this.known.set(topic, input.partitions)
  }

  readonly topics: Topics = {
    describe: async (names) => names.map((name) => this.describe(name)),
    create: async (specs: readonly TopicSpec[]) => {
      for (const { name, partitions = 1 } of specs) this.known.set(name, partitions)
    },
    deleteRecords: async () => undefined,
  }

  // Nothing but the settings of topics is asked of it.
  readonly admin: Admin = {
    calls: new Set(),
    describeConfigs: async (resources: readonly unknown[]) => resources.map(() => ({})),
  } as unknown as Admin

  async connect(): Promise<void> {}
  async close(): Promise<void> {}

  metrics(): ReadonlyMap<string, RequestMetrics> {
    return new Map()
  }

  async offsets(partitions: readonly TopicPartition[], at: OffsetQuery): Promise<PartitionOffset[]> {
    return partitions.map(({ topic, partition }) => ({
      topic,
      partition,
      offset: at === 'earliest' ? 0 : this.end({ topic, partition }),
    }))
  }

  async positions(_group: string, partitions: readonly TopicPartition[]): Promise<PartitionOffset[]> {
    return partitions.map(({ topic, partition }) => ({ topic, partition, offset: -1 }))
  }

  async commit(): Promise<void> {}

  async join(group: string, options: GroupMemberOptions): Promise<Membership> {
    const { topics, instanceId = null } = options
    const { owned, userData } = options.claim()
    const member = { memberId: 'alone', instanceId, topics, owned, userData: Buffer.from(userData) }
    const given = (await options.assign([member])).get(member.memberId)!
    await options.assigned({ generation: 1, partitions: given.partitions, userData: Buffer.from(given.userData) })
    return {
      group,
      memberId: member.memberId,
      generation: 1,
      instanceId,
      rejoin: () => undefined,
      confirm: async () => undefined,
      leave: async () => undefined,
    }
  }

  fetcher(): Fetcher {
    return new InsideFetcher(this.input, this.log, this.clock)
  }

  producer(): Producer {
    return {
      append: async (partition, batch) => ({ offset: this.log.append(partition, batch.build({})) }),
      room: async () => undefined,
      close: async () => undefined,
    }
  }

  transactions(): Transactions {
    return new MemoryTransactions(this.log)
  }

  private describe(name: string): TopicInfo {
    const partitions = this.known.get(name) ?? 0
    return { name, exists: partitions > 0, partitions }
  }

  private end({ topic, partition }: TopicPartition): number {
    return topic === this.input.topic ? this.input.recordsPerPartition : this.log.end({ topic, partition })
  }
}
