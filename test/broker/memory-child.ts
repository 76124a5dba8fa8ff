/** A broker in a process of its own, for who wants to know how much memory it takes. */
import { startBroker } from '../../src/broker/index.ts'

const [directory] = process.argv.slice(2)
const broker = await startBroker(directory === undefined ? {} : { directory })

process.on('message', async (asked) => {
  if (asked === 'memory') {
    // What is held counts, not what happens to be thrown away at the moment.
    globalThis.gc?.()
    process.send!({ rss: process.memoryUsage().rss })
  }
  if (asked !== 'close') return
  await broker.close()
  process.disconnect()
})
process.on('disconnect', () => process.exit())
process.send!({ address: broker.address })
