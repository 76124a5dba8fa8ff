/** Faults of the way between a worker and the brokers. */
import type { Moment, Strike } from '../network/traps.ts'
import { fairWeather, type Weather } from '../network/weather.ts'
import type { World } from '../world.ts'
import type { Cause } from './fault.ts'
import { anyWorker, toWorker } from './process.ts'
import { api } from './requests.ts'

export const networkFaults = {
  resetConnection: toWorker((worker) => worker.network.reset('one')),
  resetAll: toWorker((worker) => worker.network.reset('all')),
  /** Nothing passes on the connections there are, and nobody is told; new ones work. */
  halfOpen: toWorker((worker) => worker.network.halfOpen()),
  delay: weather((world) => ({ delay: world.between(50, 5_000) })),
  slow: weather(() => ({ bytesPerSecond: 1_000 })),
  cutOut: weather((world) => ({ cutOutUntil: world.scheduler.now + world.between(500, 20_000) })),
  cutIn: weather((world) => ({ cutInUntil: world.scheduler.now + world.between(500, 20_000) })),
  loseProduceReply: trap(api.Produce, 'answered', reset),
  loseOffsetsReply: trap(api.TxnOffsetCommit, 'answered', reset),
  loseEndReply: trap(api.EndTxn, 'answered', reset),
  loseInitReply: trap(api.InitProducerId, 'answered', reset),
  lateProduce: trap(api.Produce, 'before', late),
  lateOffsets: trap(api.TxnOffsetCommit, 'before', late),
  /** Often beyond the begin of the next transaction. */
  lateEnd: trap(api.EndTxn, 'before', late),
} satisfies Record<string, Cause>

function reset(): Strike {
  return { kind: 'reset' }
}

/** The connection is gone, and what was sent on it arrives all the same. */
function late(world: World): Strike {
  return { kind: 'late', milliseconds: world.between(5, 8_000) }
}

function trap(key: number, moment: Moment, strike: (world: World) => Strike): Cause {
  return (world, hit) => {
    const worker = anyWorker(world)
    worker?.network.traps.set({ api: key, moment, nth: world.between(1, 4), strike: strike(world), hit })
  }
}

/** Weather that lasts for a while. */
function weather(drawn: (world: World) => Partial<Weather>): Cause {
  return toWorker((worker, world) => {
    const changed = drawn(world)
    Object.assign(worker.network.weather, changed)
    world.clock.after(world.between(2_000, 15_000), () => {
      const fair = fairWeather()
      for (const name of Object.keys(changed) as (keyof Weather)[]) worker.network.restore(name, fair)
    })
  })
}
