/** All breakers that the topology of a thread names: their timers, and who is told when one has moved. */
import type { Clock, Timer } from '../../clock.ts'
import { MillraceError } from '../../faults.ts'
import type { BreakerView } from '../../policies/breaker-machine.ts'
import type { AsyncPolicy, BreakerPolicy } from '../../policies/policy.ts'
import type { Graph, GraphNode, SubTopology } from '../../topology/graph.ts'
import { Breaker, type BreakerCommand, type BreakerSummary } from './breaker.ts'
import { BreakerCells } from './cells.ts'

/** What threads of a process share of their breakers. */
export interface BreakerMemory {
  readonly cells: BreakerCells
  /** Added to the monotonic clock of this thread it gives a time that is the same in all of them, milliseconds. */
  readonly origin: number
}

/** How soon a thread sees what another has changed, milliseconds. */
const shareInterval = 50

export class Breakers {
  /** Told, a moment later, when one has moved: what waits for it may go on, or has to go. */
  moved: () => void = () => undefined
  private readonly clock: Clock
  private readonly now: () => number
  private readonly isShared: boolean
  private readonly byName: ReadonlyMap<string, Breaker>
  private timer: Timer | null = null
  private isTelling = false
  private isEnded = false

  /** @param memory absent: nobody else has them */
  constructor(graph: Graph, clock: Clock, memory?: BreakerMemory) {
    const policies = breakersOf(graph)
    const cells = memory?.cells ?? new BreakerCells([...policies.keys()])
    const origin = memory?.origin ?? 0
    this.clock = clock
    this.isShared = memory !== undefined
    this.now = () => clock.monotonic() + origin
    const ports = { cells, clock, now: this.now, moved: () => this.tellSoon(), seen: () => this.follow() }
    this.byName = new Map([...policies].map(([name, policy]) => [name, new Breaker(policy, ports)]))
  }

  get isEmpty(): boolean {
    return this.byName.size === 0
  }

  /** By node: the breakers in front of steps of a sub-topology. */
  gatesOf({ nodes }: SubTopology): ReadonlyMap<number, Breaker> {
    const gates = nodes.flatMap((node) => {
      const policy = breakerOf(node)
      return policy === undefined ? [] : [[node.index, this.byName.get(policy.name)!] as const]
    })
    return new Map(gates)
  }

  /** @throws TypeError for a name that no step has */
  view(name: string): BreakerView {
    return this.byName.get(name)!.view()
  }

  /** An operator says so; a name that no step has is none of ours. */
  force(name: string, command: BreakerCommand, offset: number, who: string): void {
    this.byName.get(name)?.force(command, offset, who)
  }

  summary(): Record<string, BreakerSummary> {
    return Object.fromEntries([...this.byName].map(([name, breaker]) => [name, breaker.summary()]))
  }

  /** Nothing is told from now on. */
  end(): void {
    this.isEnded = true
    this.timer?.cancel()
  }

  private follow(): void {
    if (this.isShared && this.timer === null) this.tellSoon()
  }

  private tellSoon(): void {
    if (this.isTelling || this.isEnded) return
    this.isTelling = true
    this.clock.soon(() => {
      this.isTelling = false
      this.look()
    })
  }

  private look(): void {
    if (this.isEnded) return
    this.timer?.cancel()
    const wait = this.wait()
    this.timer = wait === null ? null : this.clock.after(wait, () => this.look())
    this.moved()
  }

  /** When one may move by itself; +Infinity where none will. Monotonic milliseconds. */
  movesAt(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...this.notClosed().map((breaker) => breaker.movesAt()))
  }

  private notClosed(): Breaker[] {
    return [...this.byName.values()].filter(({ isClosed }) => !isClosed)
  }

  /** Milliseconds until one may move by itself, or may have been moved by another thread; null where none will. */
  private wait(): number | null {
    if (this.notClosed().length === 0) return null
    const wait = Math.max(0, this.movesAt() - this.now())
    if (this.isShared) return Math.min(wait, shareInterval)
    return Number.isFinite(wait) ? wait : null
  }
}

/** By name. @throws MillraceError MR1003 where a step has more than one */
export function breakersOf({ subTopologies }: Pick<Graph, 'subTopologies'>): Map<string, BreakerPolicy> {
  const policies = subTopologies.flatMap(({ nodes }) => nodes.flatMap((node) => breakerOf(node) ?? []))
  return new Map(policies.map((policy) => [policy.name, policy]))
}

function breakerOf({ name, node }: GraphNode): BreakerPolicy | undefined {
  const own: readonly AsyncPolicy[] = ('onFailure' in node ? node.onFailure : undefined) ?? []
  const [policy, other] = own.filter((each) => each.kind === 'breaker')
  if (other === undefined) return policy
  throw new MillraceError('fatal', {
    code: 'MR1003',
    what: `The step ${name} has two breakers, ${policy!.name} and ${other.name}`,
    why: 'an attempt passes through one breaker',
    fix: 'leave one of them out',
  })
}
