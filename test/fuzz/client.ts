/**
 * Our client against a peer that cannot be trusted. Whatever is asked must be settled in time, by an answer or by an
 * error of the port's closed set, and nothing may be thrown where nobody catches it.
 */
import { systemClock } from '../../src/clock.ts'
import { MillraceError } from '../../src/faults.ts'
import { connectKafka } from '../../src/kafka/native/index.ts'
import { type Kafka, KafkaError } from '../../src/kafka/port.ts'
import { seededRandom } from '../../src/random.ts'
import { BatchBuilder } from '../../src/wire/batch.ts'
import { heldMegabytes } from './memory.ts'
import { type Peer, startPeer } from './peer.ts'
import { pick } from './random-message.ts'
import { type FuzzLimits, type FuzzResult, patience } from './result.ts'

const place = { topic: 'plain', partition: 0 }
const short = { milliseconds: 50 }

const works: readonly ((kafka: Kafka) => Promise<unknown>)[] = [
  (kafka) => kafka.topics.describe(['plain']),
  (kafka) => kafka.topics.create([{ name: 'plain' }]),
  (kafka) => kafka.topics.deleteRecords([{ ...place, offset: 1 }]),
  (kafka) => kafka.offsets([place], 'earliest'),
  (kafka) => kafka.offsets([place], { time: 1 }),
  (kafka) => kafka.positions('group', [place]),
  produce,
  fetch,
  transact,
]

/** Runs until a limit is reached. The same seed gives the same answers. */
export async function fuzzClient(limits: FuzzLimits): Promise<FuzzResult> {
  const crashes: string[] = []
  const hangs: string[] = []
  const deadline = systemClock.monotonic() + limits.milliseconds
  const peer = await startPeer(seededRandom(limits.seed))
  let cases = 0
  let held: number | null = null
  const uncaught = (error: unknown): void => void crashes.push(`case ${cases}, nobody caught: ${describe(error)}`)
  process.on('uncaughtException', uncaught).on('unhandledRejection', uncaught)
  try {
    for (; cases < limits.cases && systemClock.monotonic() < deadline; cases++) {
      const outcome = await runCase(peer, limits.seed * 1_000_003 + cases)
      if (outcome === 'hang') hangs.push(`case ${cases} of seed ${limits.seed}`)
      else if (outcome !== null) crashes.push(`case ${cases} of seed ${limits.seed}: ${outcome}`)
      if (cases === warmUpCases) held = heldMegabytes()
    }
  } finally {
    process.off('uncaughtException', uncaught).off('unhandledRejection', uncaught)
    peer.close()
  }
  return { cases, crashes, hangs, growthMb: held === null ? 0 : heldMegabytes() - held }
}

const warmUpCases = 100

/** null: it went as it may go. */
async function runCase(peer: Peer, seed: number): Promise<string | null> {
  const random = seededRandom(seed)
  peer.use(random)
  const kafka = connectKafka(
    {
      brokers: [peer.address],
      connectionTimeout: 40,
      authenticationTimeout: 40,
      requestTimeout: 40,
      retry: { initialRetryTime: 1, maxRetryTime: 5, retries: 4 },
    },
    { random },
  )
  const work = pick(random, works)
  const doing = kafka.connect().then(() => work(kafka))
  const outcome = await settled(doing)
  const closing = await settled(kafka.close())
  return outcome ?? closing
}

async function settled(doing: Promise<unknown>): Promise<string | null> {
  const late = Promise.withResolvers<'hang'>()
  const stop = patience(() => late.resolve('hang'))
  const done = doing.then(
    () => null,
    (error: unknown) => (error instanceof KafkaError || error instanceof MillraceError ? null : describe(error)),
  )
  const outcome = await Promise.race([done, late.promise])
  stop()
  return outcome
}

async function produce(kafka: Kafka): Promise<void> {
  const producer = kafka.producer()
  try {
    await Promise.all([0, 1].map((partition) => producer.append({ topic: 'plain', partition }, records())))
  } finally {
    await producer.close()
  }
}

/** Reads every record it is given, as a topology would. */
async function fetch(kafka: Kafka): Promise<void> {
  const fetcher = kafka.fetcher({ isolation: 'read_committed' })
  fetcher.seek(place, 0)
  try {
    for (let polls = 0; polls < 3; polls++) {
      for (const { batches } of await fetcher.poll(short)) {
        for (const batch of batches) for (const cursor = batch.cursor(); cursor.next(); ) cursor.headers()
      }
    }
  } catch (error) {
    // What a record holds is the reader's business: the topology turns it into a rejected record.
    if (!(error instanceof Error && error.name === 'WireError')) throw error
  } finally {
    await fetcher.close()
  }
}

async function transact(kafka: Kafka): Promise<void> {
  const transactions = kafka.transactions('transaction', { timeout: { milliseconds: 100 } })
  try {
    await transactions.init()
    await transactions.append(place, records())
    await transactions.commit()
  } finally {
    await transactions.close()
  }
}

function records(): BatchBuilder {
  const batch = new BatchBuilder()
  batch.append(1, 'key', 'value')
  return batch
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
