/** `node bench/inside/idle.ts [TOPOLOGIES] [SECONDS]`: what topologies cost that have nothing to do, all in one thread. */
import { connectTool } from '../../scripts/tools/client.ts'
import { startEmbedded } from '../../scripts/tools/embedded.ts'
import { sleep, systemClock } from '../../scripts/tools/world.ts'
import { from, run, subscribe, text, topic, topology } from '../../src/index.ts'

const [topologies = 100, seconds = 20] = process.argv.slice(2).map(Number)
const settlingMilliseconds = 5_000

const broker = await startEmbedded()
const kafka = await connectTool(broker.brokers, 'idle')
const names = Array.from({ length: topologies }, (_, index) => `idle-${index}`)
await kafka.topics.create(
  names.flatMap((name) => [`${name}.in`, `${name}.out`].map((each) => ({ name: each, partitions: 1 }))),
)
await kafka.close()

const stop = new AbortController()
let assigned = 0
const allAssigned = new Promise<void>((resolve) => {
  subscribe('tasks.assigned', () => {
    assigned++
    if (assigned === topologies) resolve()
  })
})
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
// The broker has a thread of its own, so that this thread's time is that of the topologies.
const began = systemClock.monotonic()
const before = process.threadCpuUsage()
await sleep(systemClock, seconds * 1e3)
const { user, system } = process.threadCpuUsage(before)
const share = (user + system) / 1e3 / (systemClock.monotonic() - began)
console.log(`${topologies} idle topologies take ${(share * 100).toFixed(2)} % of a core`)
stop.abort()
await Promise.all(running)
await broker.stop()
