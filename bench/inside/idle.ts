/**
 * `node bench/inside/idle.ts [TOPOLOGIES] [SECONDS] [RECORDS]`: what topologies cost that have nothing to do, all in one
 * thread: time, requests and memory. RECORDS: each gets so many first; then its time follows the wall clock.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { BatchBuilder, connectTool } from '../../scripts/tools/client.ts'
import { startEmbedded } from '../../scripts/tools/embedded.ts'
import { sleep, systemClock } from '../../scripts/tools/world.ts'
import { from, run, subscribe, text, topic, topology } from '../../src/index.ts'

const [topologies = 100, seconds = 20, records = 0] = process.argv.slice(2).map(Number)
/** Long enough for a fetch to have found out that nothing comes, and, after records, for their time to be idle (30 s). */
const settlingMilliseconds = records > 0 ? 45_000 : 15_000

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function bytesInUse(): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const broker = await startEmbedded()
const kafka = await connectTool(broker.brokers, 'idle')
const names = Array.from({ length: topologies }, (_, index) => `idle-${index}`)
await kafka.topics.create(
  names.flatMap((name) => [`${name}.in`, `${name}.out`].map((each) => ({ name: each, partitions: 1 }))),
)
const producer = kafka.producer()
for (const name of records > 0 ? names : []) {
  const batch = new BatchBuilder()
  for (let record = 0; record < records; record++) batch.append(systemClock.now(), null, 'a')
  await producer.append({ topic: `${name}.in`, partition: 0 }, batch)
}
await producer.close()
await kafka.close()

const stop = new AbortController()
let assigned = 0
const allAssigned = new Promise<void>((resolve) => {
  subscribe('tasks.assigned', () => {
    assigned++
    if (assigned === topologies) resolve()
  })
})
const bytesBefore = bytesInUse()
const running = names.map((name) => {
  const input = topic(`${name}.in`, { key: text, value: text })
  const output = topic(`${name}.out`, { key: text, value: text })
  const idle = topology(
    name,
    from(input)
      .map((value) => value)
      .to(output),
  )
  return run(idle, { brokers: broker.brokers, signal: stop.signal })
})
await allAssigned
await sleep(systemClock, settlingMilliseconds)
const kibibytes = (bytesInUse() - bytesBefore) / topologies / 1024
// The broker has a thread of its own, so that this thread's time is that of the topologies.
const began = systemClock.monotonic()
const before = process.threadCpuUsage()
await sleep(systemClock, seconds * 1e3)
const { user, system } = process.threadCpuUsage(before)
const share = (user + system) / 1e3 / (systemClock.monotonic() - began)
console.log(
  `${topologies} idle topologies take ${(share * 100).toFixed(2)} % of a core, ${kibibytes.toFixed(0)} KiB each`,
)
stop.abort()
await Promise.all(running)
await broker.stop()
