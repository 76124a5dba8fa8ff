/**
 * Frames from good to evil against the embedded broker. Every connection must get its answers or its end, others must
 * not notice, and the broker must not meet an error it did not expect.
 */
import { connect, type Socket } from 'node:net'
import { type EmbeddedBroker, startBroker } from '../../src/broker/index.ts'
import { systemClock } from '../../src/clock.ts'
import { connectKafka } from '../../src/kafka/native/index.ts'
import { type Random, randomInteger, seededRandom } from '../../src/random.ts'
import { apis } from '../../src/wire/apis/index.ts'
import { encodeRequest, isFlexible } from '../../src/wire/codec.ts'
import type { Api } from '../../src/wire/schema.ts'
import { randomRecords } from './hostile-records.ts'
import { heldMegabytes } from './memory.ts'
import { framed, mutate, randomBytes } from './mutations.ts'
import { chance, pick, randomMessage } from './random-message.ts'
import { type FuzzLimits, type FuzzResult, patience } from './result.ts'

const words = ['plain', 'compacted', 'group', 'member', 'consumer', 'range', 'transaction', '__consumer_offsets', '']
const served = [...apis.values()]
/** A broker holds what it was validly given; a new one now and then shows what is left behind. */
const casesPerBroker = 400

/** Runs until a limit is reached. The same seed gives the same frames. */
export async function fuzzBroker(limits: FuzzLimits): Promise<FuzzResult> {
  const crashes: string[] = []
  const hangs: string[] = []
  const deadline = systemClock.monotonic() + limits.milliseconds
  let cases = 0
  let held: number | null = null
  while (cases < limits.cases && systemClock.monotonic() < deadline) {
    const last = Math.min(limits.cases, cases + casesPerBroker)
    const broker = await prepared((error) => crashes.push(`case ${cases}: ${error.stack}`))
    for (; cases < last && systemClock.monotonic() < deadline; cases++) {
      const random = seededRandom(limits.seed * 1_000_003 + cases)
      if (!(await survives(broker, random))) hangs.push(`case ${cases} of seed ${limits.seed}`)
    }
    if (!(await isWell(broker))) hangs.push(`broker after case ${cases} of seed ${limits.seed}`)
    await broker.close()
    // What the first broker leaves is code and caches.
    held ??= heldMegabytes()
  }
  return { cases, crashes, hangs, growthMb: heldMegabytes() - (held ?? 0) }
}

async function prepared(onError: (error: Error) => void): Promise<EmbeddedBroker> {
  const broker = await startBroker({ onError, random: seededRandom(1), groupMinimumSessionTimeout: {} })
  const kafka = connectKafka({ brokers: [broker.address] })
  await kafka.connect()
  await kafka.topics.create([
    { name: 'plain', partitions: 2 },
    { name: 'compacted', configs: { 'cleanup.policy': 'compact' } },
  ])
  await kafka.close()
  return broker
}

/** Sends a few frames, then ends its side: the broker has to end the other within its patience. */
async function survives(broker: EmbeddedBroker, random: Random): Promise<boolean> {
  const socket = connectTo(broker)
  const closed = happened(socket, 'close')
  const frames = Array.from({ length: randomInteger(random, 1, 4) }, (_, index) => randomFrame(random, index))
  socket.end(Buffer.concat(frames))
  return inTime(closed)
}

/** Whether another client still gets its answer. */
async function isWell(broker: EmbeddedBroker): Promise<boolean> {
  const socket = connectTo(broker)
  const api = apis.get(18)!
  const body = encodeRequest(api, 0, { correlationId: 1, clientId: 'well' }, {})
  socket.write(body)
  const answered = await inTime(happened(socket, 'data'))
  socket.destroy()
  return answered
}

function connectTo({ port }: EmbeddedBroker): Socket {
  const socket = connect(port, '127.0.0.1')
  // A reset is an answer.
  socket.on('error', () => {})
  socket.resume()
  return socket
}

/** Unlike `once` it does not mind an error before the event. */
function happened(socket: Socket, event: 'close' | 'data'): Promise<void> {
  return new Promise((resolve) => socket.once(event, () => resolve()))
}

async function inTime(event: Promise<unknown>): Promise<boolean> {
  const late = Promise.withResolvers<false>()
  const stop = patience(() => late.resolve(false))
  const result = await Promise.race([event.then(() => true), late.promise])
  stop()
  return result
}

function randomFrame(random: Random, correlationId: number): Buffer {
  if (chance(random, 0.1)) return framed(randomBytes(random, randomInteger(random, 0, 200)), random)
  const request = randomRequest(random, correlationId)
  return framed(chance(random, 0.4) ? request : mutate(request, random), random)
}

/** A request whose bytes are right, whatever it asks for; without its size. */
function randomRequest(random: Random, correlationId: number): Buffer {
  const api = pick(random, served)
  const version = randomInteger(random, ...api.versions)
  const header = { correlationId, clientId: chance(random, 0.9) ? 'fuzz' : null }
  return encodeRequest(api, version, header, randomBody(api, version, random)).subarray(4)
}

function randomBody(api: Api, version: number, random: Random): never {
  const options = { version, flexible: isFlexible(api, version), words, records: randomRecords }
  return randomMessage(api.request, random, options) as never
}
