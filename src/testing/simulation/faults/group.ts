/** Faults of the group: members that are removed, come twice, or come while others commit. */
import type { World } from '../world.ts'
import type { Cause } from './fault.ts'
import { anyWorker } from './process.ts'

export const groupFaults = {
  evicted: (world, hit) => {
    if (evict(world)) hit()
  },
  /** Two processes with one name: the later one fences the other. */
  twin: (world, hit) => {
    const worker = anyWorker(world)
    if (worker === undefined) return
    world.startWorker(worker.instance)
    hit()
  },
  /** One more for a while. */
  joined: (world, hit) => {
    const guest = world.startWorker(`guest${world.workers.length}`)
    world.clock.after(world.between(1_000, 15_000), () => (world.chance(0.5) ? guest.stop() : guest.kill(true)))
    hit()
  },
  evictedInCommit: (world, hit) => {
    world.ambush('commit.started', () => {
      if (!evict(world)) return false
      hit()
      return true
    })
  },
} satisfies Record<string, Cause>

function evict(world: World): boolean {
  const group = world.broker.describe().groups.find(({ groupId }) => groupId === world.graph.app)
  const member = world.choose(group?.members ?? [])
  return member !== undefined && world.broker.evict(world.graph.app, member)
}
