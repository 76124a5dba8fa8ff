/** Brings the faults of a schedule, one after another, each only after fresh progress, and measures how long each is felt. */

import type { Kafka, TopicPartition } from '../../scripts/tools/client.ts'
import { sleep, systemClock } from '../../scripts/tools/world.ts'
import type { Crew } from '../drills/crew.ts'
import type { Ground } from './brokers.ts'
import type { Journals } from './journals.ts'
import type { Fault } from './schedule.ts'
import { everyPartition, partitionsOfTasks, type Watch } from './watch.ts'

export const sessionTimeoutSeconds = 6
/** A worker that stands still, or returns late, does so for longer than its session lasts. */
const awayMilliseconds = sessionTimeoutSeconds * 1_000 + 1_500

export interface Felt {
  readonly fault: Fault['kind']
  /** Whom it hit. */
  readonly instance: string | null
  readonly tasks: number
  /** From the fault until each partition of the tasks it hit had its next commit. */
  readonly milliseconds: number
}

export interface Scene {
  readonly kafka: Kafka
  readonly ground: Ground
  readonly crew: Crew
  readonly instances: readonly string[]
  readonly journals: Journals
  readonly watch: Watch
  /** @throws Error when a worker or the input has failed */
  readonly check: () => void
  /** Told when what followed from a fault is over. */
  readonly ended: () => void
  readonly say: (remark: string) => void
}

export async function bring(scene: Scene, schedule: readonly Fault[]): Promise<Felt[]> {
  const felt: Felt[] = []
  for (const [turn, fault] of schedule.entries()) {
    const { watch, say } = scene
    await watch.advanced(everyPartition, await watch.positions(), scene.check)
    const one = await deeds[fault.kind](scene, await victimOf(scene, turn), fault as never)
    felt.push(one)
    scene.ended()
    say(`${turn + 1}/${schedule.length} ${one.fault} ${one.instance ?? ''} felt for ${one.milliseconds} ms`)
  }
  return felt
}

interface Victim {
  readonly instance: string
  readonly tasks: readonly string[]
}

/** In turn, but only one that has tasks: of another nobody would feel anything. */
async function victimOf({ instances, crew, journals, check }: Scene, turn: number): Promise<Victim> {
  // Shifted once a round, so that each fault of the schedule meets each of them.
  const first = turn + Math.floor(turn / instances.length)
  for (let tries = 0; ; tries++) {
    const instance = instances[(first + tries) % instances.length]!
    const tasks = journals.tasksOf(crew.pidOf(instance))
    if (tasks.length > 0) return { instance, tasks }
    check()
    await sleep(systemClock, 20)
  }
}

const deeds = { kill, stop, 'broker restart': restart }

async function kill(scene: Scene, { instance, tasks }: Victim, fault: Fault & { kind: 'kill' }): Promise<Felt> {
  const { crew, kafka } = scene
  await crew.strike(kafka, instance, fault.aimed)
  const at = systemClock.monotonic()
  const returning = fault.returns === 'late' ? sleep(systemClock, awayMilliseconds) : Promise.resolve()
  const returned = returning.then(() => crew.startOne(instance))
  const milliseconds = await untilCommitted(scene, partitionsOfTasks(tasks), at)
  await returned
  return { fault: 'kill', instance, tasks: tasks.length, milliseconds }
}

async function stop(scene: Scene, { instance, tasks }: Victim): Promise<Felt> {
  const at = systemClock.monotonic()
  const stalled = scene.crew.stall(instance, awayMilliseconds)
  const milliseconds = await untilCommitted(scene, partitionsOfTasks(tasks), at)
  await stalled
  return { fault: 'stop', instance, tasks: tasks.length, milliseconds }
}

async function restart(scene: Scene): Promise<Felt> {
  const at = systemClock.monotonic()
  await scene.ground.restart?.()
  scene.say(`the broker was away for ${Math.round(systemClock.monotonic() - at)} ms`)
  const milliseconds = await untilCommitted(scene, everyPartition, at)
  return { fault: 'broker restart', instance: null, tasks: 0, milliseconds }
}

/** The positions are read after the fault: a commit that was on its way when it came is none that follows it. */
async function untilCommitted(
  { watch, check }: Scene,
  wanted: readonly TopicPartition[],
  since: number,
): Promise<number> {
  await watch.advanced(wanted, await watch.positions(), check)
  return Math.round(systemClock.monotonic() - since)
}
