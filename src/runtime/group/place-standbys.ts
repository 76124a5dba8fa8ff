/** Where copies of state are kept against the loss of a process: each in a process of its own. */

import type { TaskDescription } from '../plan.ts'
import type { Holdings, PlacedMember } from './holdings.ts'

interface StandbyPorts {
  /** Where each task runs. */
  readonly targets: ReadonlyMap<string, string>
  /** Where the state of a task that is to move is filled. */
  readonly warmUps: ReadonlyMap<string, string>
  readonly holdings: Holdings
  /** Standbys of each task. */
  readonly copies: number
}

/** The members that keep a copy of each task: fewer where there are not processes enough. */
export function placeStandbys(
  tasks: readonly TaskDescription[],
  members: readonly PlacedMember[],
  ports: StandbyPorts,
): Map<string, string[]> {
  const placing = new Placing(members, ports, Math.ceil((tasks.length * ports.copies) / members.length))
  // Copies that are there stay as far as that is fair; what is missing goes to who keeps fewest.
  for (const task of tasks) placing.keep(task)
  for (const task of tasks) placing.fill(task)
  return placing.placed
}

class Placing {
  readonly placed = new Map<string, string[]>()
  private readonly members: ReadonlyMap<string, PlacedMember>
  private readonly ports: StandbyPorts
  private readonly most: number
  private readonly loads = new Map<string, number>()
  private readonly actives = new Map<string, number>()

  constructor(members: readonly PlacedMember[], ports: StandbyPorts, most: number) {
    this.members = new Map(members.map((member) => [member.id, member]))
    this.ports = ports
    this.most = most
    for (const member of ports.targets.values()) this.actives.set(member, (this.actives.get(member) ?? 0) + 1)
  }

  keep(task: TaskDescription): void {
    const { holdings } = this.ports
    const lag = (member: string): number => holdings.lag(task.id, member)
    this.placed.set(task.id, [])
    this.choose(task, (members) =>
      members
        .filter((member) => holdings.has(task.id, member) && this.load(member) < this.most)
        .sort((one, other) => lag(one) - lag(other) || this.load(one) - this.load(other)),
    )
  }

  fill(task: TaskDescription): void {
    this.choose(task, (members) =>
      members.sort(
        (one, other) =>
          this.load(one) - this.load(other) || (this.actives.get(one) ?? 0) - (this.actives.get(other) ?? 0),
      ),
    )
  }

  /** One after another, the best of those whose process has nothing of the task yet. */
  private choose({ id }: TaskDescription, best: (members: string[]) => string[]): void {
    const chosen = this.placed.get(id)!
    while (chosen.length < this.ports.copies) {
      const [next] = best(this.free(id))
      if (next === undefined) return
      chosen.push(next)
      this.loads.set(next, this.load(next) + 1)
    }
  }

  private free(task: string): string[] {
    const { targets, warmUps, holdings } = this.ports
    const taken = [targets.get(task), warmUps.get(task), ...this.placed.get(task)!].flatMap((member) =>
      member === undefined ? [] : [this.members.get(member)!.instance],
    )
    return [...this.members.values()]
      .filter(({ id, instance }) => !taken.includes(instance) && holdings.mayCopy(task, id))
      .map(({ id }) => id)
  }

  private load(member: string): number {
    return this.loads.get(member) ?? 0
  }
}
