/** Systems that work until they are stopped: a worker of ours, the program of a peer. */
import { fileURLToPath } from 'node:url'
import { startWorker } from '../../scripts/tools/worker.ts'
import { randomName, systemRandom } from '../../scripts/tools/world.ts'
import { workerSpec } from '../own-turn.ts'
import type { PeerCommand } from '../peers/peer.ts'
import { complaintOf, dropTopicsOf } from '../peers/turn.ts'
import type { Place } from '../place.ts'
import { startProgram } from '../process.ts'
import type { Contestant } from '../turn.ts'
import type { Runner } from './observe.ts'

const topologyFile = fileURLToPath(new URL('./topology.ts', import.meta.url))
const preload = new URL('./commit-times.ts', import.meta.url).href
/** No turn takes so long; a program that hangs does. */
const timeoutMilliseconds = 1_800_000

/** @param commits the file into which the times of its commits are written */
export function runOurs(place: Place, contestant: Contestant, commits: string): Runner {
  const spec = workerSpec(place, topologyFile, contestant)
  const environment = { ...spec.environment, BENCH_COMMIT_TIMES: commits }
  const worker = startWorker({ ...spec, environment, preloads: [preload] })
  return {
    failure: failing(worker.ended.then(({ code, signal, said }) => `the worker ended with ${signal ?? code}\n${said}`)),
    async stop() {
      worker.stop()
      const { code, signal, said, usage } = await worker.ended
      if (code === 0 && usage !== null) return usage
      throw new Error(`the worker ended with ${signal ?? code}\n${said}`)
    },
  }
}

export function runPeer(place: Place, peer: PeerCommand, threads: number, output: string): Runner {
  const app = `peer-${randomName(systemRandom)}`
  const program = peer.command({ brokers: place.brokers, work: 'latency', app, output, threads })
  const running = startProgram(program, timeoutMilliseconds)
  return {
    failure: failing(
      running.ended.then((ended) => `it ended with ${ended.signal ?? ended.code}\n${complaintOf(ended)}`),
    ),
    async stop() {
      running.stop()
      const ended = await running.ended
      await dropTopicsOf(place, app)
      return ended
    },
  }
}

/** A promise that only rejects. Whoever waits for something races it; that nobody waits just now is no crash. */
function failing(ended: Promise<string>): Promise<never> {
  const failure = ended.then((why) => {
    throw new Error(why)
  })
  failure.catch(() => {})
  return failure
}
