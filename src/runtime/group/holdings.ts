/** What the members of a group have of the state of tasks, as they told. */

/** A member that can be given tasks. */
export interface PlacedMember {
  readonly id: string
  /** The process it is a thread of. What ends one of them ends them all. */
  readonly instance: string
  /** True where the threads of a process keep state in one place: what one has, each of them has. */
  readonly sharesRows: boolean
  /** By task: changelog records that its copy of the state lacks; `unknownLag` where it can't say yet. */
  readonly lags: ReadonlyMap<string, number>
}

/** Of a copy that has just been begun. */
export const unknownLag = -1

export class Holdings {
  private readonly members: ReadonlyMap<string, PlacedMember>
  private readonly owners: ReadonlyMap<string, string>
  private readonly sizes: ReadonlyMap<string, number>

  constructor(
    members: readonly PlacedMember[],
    owners: ReadonlyMap<string, string>,
    sizes: ReadonlyMap<string, number>,
  ) {
    this.members = new Map(members.map((member) => [member.id, member]))
    this.owners = owners
    this.sizes = sizes
  }

  /** The member at work on a task, if it can be given tasks. */
  ownerOf(task: string): string | undefined {
    const owner = this.owners.get(task)
    return owner !== undefined && this.members.has(owner) ? owner : undefined
  }

  /** True where the member itself has, or is making, a copy. */
  has(task: string, member: string): boolean {
    return this.owners.get(task) === member || this.members.get(member)!.lags.has(task)
  }

  /** True where another than its owner has, or is making, a copy. */
  isCopied(task: string): boolean {
    return [...this.members.values()].some(({ id, lags }) => lags.has(task) && this.owners.get(task) !== id)
  }

  /** Changelog records that a member would have to read before it could work. */
  lag(task: string, member: string): number {
    const placed = this.members.get(member)!
    const own = this.ownLag(task, placed)
    return Math.min(own, ...this.siblings(member).map((each) => this.ownLag(task, each)))
  }

  /** The thread of a member's process that has the rows of a task in use, where they share them: it can go on with them. */
  keeper(task: string, member: string): string {
    if (this.has(task, member)) return member
    const siblings = this.siblings(member).filter(({ id, lags }) => lags.has(task) && this.owners.get(task) !== id)
    return siblings[0]?.id ?? member
  }

  /** True for threads that keep the same rows: one of them at a time may have a task's. */
  areOne(one: string, other: string): boolean {
    return this.siblings(other).some(({ id }) => id === one)
  }

  /** Not while another thread that keeps the same rows is at work on them. */
  mayCopy(task: string, member: string): boolean {
    const owner = this.owners.get(task)
    return owner === undefined || owner === member || !this.areOne(owner, member)
  }

  private siblings(member: string): PlacedMember[] {
    const { instance, sharesRows } = this.members.get(member)!
    return sharesRows ? [...this.members.values()].filter((each) => each.sharesRows && each.instance === instance) : []
  }

  private ownLag(task: string, { id, lags }: PlacedMember): number {
    const size = this.sizes.get(task) ?? 0
    const told = lags.get(task)
    if (told !== undefined) return told === unknownLag ? size : told
    return this.owners.get(task) === id ? 0 : size
  }
}
