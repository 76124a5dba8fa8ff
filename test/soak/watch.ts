/** Committed positions as Kafka tells them: the one thing that says whether the workers get on. */
import type { Kafka, TopicPartition } from '../../scripts/tools/client.ts'
import { sleep, systemClock } from '../../scripts/tools/world.ts'
import { app, left, partitions, right } from './topology.ts'

const sources = [left.name, right.name]
const repartition = `${app}.by-account.repartition`
const lookEveryMilliseconds = 50
const patienceMilliseconds = 90_000

/** `topic-partition` → offset. */
export type Positions = ReadonlyMap<string, number>

/** Partitions of the input, and of the repartition topic, that tasks of these names read. */
export function partitionsOfTasks(tasks: readonly string[]): readonly TopicPartition[] {
  return tasks.flatMap((task) => {
    const partition = Number(task.slice(task.lastIndexOf('-') + 1))
    const topics = task.startsWith(`${left.name}-`) || task.startsWith(`${right.name}-`) ? sources : [repartition]
    return topics.map((topic) => ({ topic, partition }))
  })
}

export const everyPartition: readonly TopicPartition[] = [...sources, repartition].flatMap((topic) =>
  Array.from({ length: partitions }, (_, partition) => ({ topic, partition })),
)

export class Watch {
  readonly #kafka: Kafka

  constructor(kafka: Kafka) {
    this.#kafka = kafka
  }

  /** Waits while a transaction that may move one is pending, and while Kafka is away. */
  async positions(): Promise<Positions> {
    const until = systemClock.monotonic() + patienceMilliseconds
    for (;;) {
      try {
        const found = await this.#kafka.positions(app, everyPartition)
        return new Map(found.map(({ topic, partition, offset }) => [`${topic}-${partition}`, offset]))
      } catch (error) {
        if (systemClock.monotonic() > until) throw error
        await sleep(systemClock, lookEveryMilliseconds)
      }
    }
  }

  /** Records of the input that commits have covered. */
  async taken(): Promise<number> {
    const offsets = [...(await this.positions())].filter(([name]) => !name.startsWith(repartition))
    return offsets.reduce((sum, [, offset]) => sum + Math.max(0, offset), 0)
  }

  /**
   * Resolves when each of these partitions has a commit beyond where it was.
   * @param check throws when it is of no use to wait on
   * @throws Error after a minute and a half
   */
  async advanced(wanted: readonly TopicPartition[], from: Positions, check: () => void): Promise<void> {
    const until = systemClock.monotonic() + patienceMilliseconds
    for (;;) {
      const now = await this.positions()
      const names = wanted.map(({ topic, partition }) => `${topic}-${partition}`)
      const still = names.filter((name) => !(now.get(name)! > from.get(name)!))
      if (still.length === 0) return
      check()
      if (systemClock.monotonic() > until) throw new Error(`No commit for so long: ${still.join(', ')}`)
      await sleep(systemClock, lookEveryMilliseconds)
    }
  }
}
