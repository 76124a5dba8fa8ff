/** Shares tasks out evenly, each sub-topology by itself; tasks stay where they are as far as that allows. */

import type { TaskDescription } from '../plan.ts'
import type { Holdings, PlacedMember } from './holdings.ts'

/**
 * The member of each task.
 * @param totals how many tasks each member has beside these: of equals the one with fewest is next
 */
export function balance(
  tasks: readonly TaskDescription[],
  members: readonly PlacedMember[],
  holdings: Holdings,
  totals: Map<string, number>,
): Map<string, string> {
  const placed = new Map<string, string>()
  for (const group of Map.groupBy(tasks, (task) => task.subTopology.id).values()) {
    new Share(group, members, holdings, totals).place(placed)
  }
  return placed
}

/** How many tasks each member has. */
export function totalsOf(targets: ReadonlyMap<string, string>): Map<string, number> {
  const totals = new Map<string, number>()
  for (const member of targets.values()) totals.set(member, (totals.get(member) ?? 0) + 1)
  return totals
}

/** Tasks of one sub-topology: nobody has more than one above another. */
class Share {
  private readonly tasks: readonly TaskDescription[]
  private readonly members: readonly PlacedMember[]
  private readonly holdings: Holdings
  private readonly totals: Map<string, number>
  private readonly counts = new Map<string, number>()
  private readonly share: number
  /** So many members may have a whole share, the others one task less. */
  private larger: number

  constructor(
    tasks: readonly TaskDescription[],
    members: readonly PlacedMember[],
    holdings: Holdings,
    totals: Map<string, number>,
  ) {
    this.tasks = tasks
    this.members = members
    this.holdings = holdings
    this.totals = totals
    this.share = Math.ceil(tasks.length / members.length)
    this.larger = tasks.length % members.length || members.length
  }

  /** Owners first, then who has state of a task, then who has least to do. */
  place(placed: Map<string, string>): void {
    const give = (task: TaskDescription, member: string | undefined): void => {
      if (member === undefined) return
      placed.set(task.id, member)
      this.count(member)
    }
    const homeless = (): TaskDescription[] => this.tasks.filter(({ id }) => !placed.has(id))
    // What others have copies of is what an owner gives up first.
    const copied = ({ id }: TaskDescription): number => (this.holdings.isCopied(id) ? 1 : 0)
    for (const task of homeless().sort((one, other) => copied(one) - copied(other))) give(task, this.owner(task))
    for (const task of homeless()) give(task, this.holder(task))
    for (const task of homeless()) give(task, this.idlest())
  }

  private owner({ id }: TaskDescription): string | undefined {
    const owner = this.holdings.ownerOf(id)
    return owner !== undefined && this.fits(owner) ? owner : undefined
  }

  private holder({ id }: TaskDescription): string | undefined {
    const { holdings } = this
    const lag = (member: string): number => holdings.lag(id, member)
    return this.members
      .map((member) => member.id)
      .filter((member) => holdings.has(id, member) && this.fits(member))
      .sort((one, other) => lag(one) - lag(other) || this.load(one) - this.load(other))[0]
  }

  private idlest(): string {
    return this.members
      .map((member) => member.id)
      .reduce((least, member) => (this.load(member) < this.load(least) ? member : least))
  }

  private fits(member: string): boolean {
    const held = this.counts.get(member) ?? 0
    return held < this.share - 1 || (held === this.share - 1 && this.larger > 0)
  }

  /** Tasks of this sub-topology first. */
  private load(member: string): number {
    return (this.counts.get(member) ?? 0) * 1e6 + (this.totals.get(member) ?? 0)
  }

  private count(member: string): void {
    const held = (this.counts.get(member) ?? 0) + 1
    if (held === this.share) this.larger--
    this.counts.set(member, held)
    this.totals.set(member, (this.totals.get(member) ?? 0) + 1)
  }
}
