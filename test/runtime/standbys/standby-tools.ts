/** What the tests of copies have in common: a topology with state, clients that can be held up, what was seen of restores. */
import { from, number, type Topology, text, topic, topology } from '../../../src/index.ts'
import type { FetchedPartition, Fetcher, Kafka } from '../../../src/kafka/port.ts'
import { subscribe, type WorkerEventName, type WorkerEvents } from '../../../src/observe/events.ts'
import { partitionName, type TopicPartition } from '../../../src/record.ts'
import type { Input, RuntimeBench } from '../../contracts/runtime-tools.ts'

export interface Tallied {
  readonly app: string
  readonly items: string
  readonly counts: string
  readonly changelog: string
  readonly built: Topology
}

/** A count of items per key, told at each of them. */
export function tallied(app: string): Tallied {
  const items = topic(`${app}.items`, { key: text, value: text })
  const counts = topic(`${app}.counts`, { key: text, value: number })
  const built = topology(app, from(items).count('per-key').toStream().to(counts))
  return { app, items: items.name, counts: counts.name, changelog: `${app}.per-key.changelog`, built }
}

/** `count` items, each of a key of its own; the same keys every time. */
export function itemsOf(count: number, partition = 0): Input[] {
  return Array.from({ length: count }, (_, index) => ({
    key: `p${partition}k${index}`,
    value: 'item',
    time: 1_000 + index,
    partition,
  }))
}

/** What each key was told of, in order. */
export async function toldOf(bench: RuntimeBench, { counts }: Tallied): Promise<Map<string, string[]>> {
  const told = new Map<string, string[]>()
  for (const { key, value } of await bench.read(counts)) {
    told.set(key!.toString(), [...(told.get(key!.toString()) ?? []), value!.toString()])
  }
  return told
}

/** What must have been told: every item once, in order, whoever was killed. */
export function expectedOf(...inputs: readonly (readonly Input[])[]): Map<string, string[]> {
  const expected = new Map<string, string[]>()
  for (const { key } of inputs.flat()) {
    const told = expected.get(key!) ?? []
    expected.set(key!, [...told, String(told.length + 1)])
  }
  return expected
}

export interface Seen<Name extends WorkerEventName> {
  readonly events: readonly WorkerEvents[Name][]
  stop(): void
}

/** The events of a kind from now on, of all workers of this process. */
export function seen<Name extends WorkerEventName>(name: Name): Seen<Name> {
  const events: WorkerEvents[Name][] = []
  return { events, stop: subscribe(name, (event) => events.push(event)) }
}

export interface HeldUp {
  readonly kafka: Kafka
  /** How often something was held back. */
  readonly held: () => number
  release(): void
}

/** A client that hands nothing of certain partitions over until it is released. */
export function heldUp(kafka: Kafka, holds: (place: TopicPartition) => boolean): HeldUp {
  const gate = { isOpen: false, held: 0, wakes: new Set<() => void>() }
  const own: Partial<Kafka> = {
    fetcher: (options) => new HeldFetcher(kafka.fetcher(options), holds, gate),
  }
  return {
    kafka: new Proxy(kafka, {
      get(target, name) {
        const value: unknown = own[name as keyof Kafka] ?? Reflect.get(target, name, target)
        return typeof value === 'function' && !(name in own) ? value.bind(target) : value
      },
    }),
    held: () => gate.held,
    release() {
      gate.isOpen = true
      for (const wake of gate.wakes) wake()
    },
  }
}

interface Gate {
  isOpen: boolean
  held: number
  readonly wakes: Set<() => void>
}

class HeldFetcher implements Fetcher {
  private readonly fetcher: Fetcher
  private readonly holds: (place: TopicPartition) => boolean
  private readonly gate: Gate
  private kept: FetchedPartition[] = []
  private readonly release = (): void => this.fetcher.wake()

  constructor(fetcher: Fetcher, holds: (place: TopicPartition) => boolean, gate: Gate) {
    this.fetcher = fetcher
    this.holds = holds
    this.gate = gate
    gate.wakes.add(this.release)
  }

  seek(place: TopicPartition, offset: number): void {
    this.drop(place)
    this.fetcher.seek(place, offset)
  }

  remove(place: TopicPartition): void {
    this.drop(place)
    this.fetcher.remove(place)
  }

  pause(place: TopicPartition): void {
    this.fetcher.pause(place)
  }

  resume(place: TopicPartition): void {
    this.fetcher.resume(place)
  }

  async poll(...maxWait: Parameters<Fetcher['poll']>): Promise<FetchedPartition[]> {
    const fetched = await this.fetcher.poll(...maxWait)
    if (this.gate.isOpen) return [...this.kept.splice(0), ...fetched]
    const held = fetched.filter((each) => this.holds(each))
    this.gate.held += held.length
    this.kept.push(...held)
    return fetched.filter((each) => !this.holds(each))
  }

  wake(): void {
    this.fetcher.wake()
  }

  close(): Promise<void> {
    this.gate.wakes.delete(this.release)
    return this.fetcher.close()
  }

  private drop(place: TopicPartition): void {
    this.kept = this.kept.filter((each) => partitionName(each) !== partitionName(place))
  }
}
