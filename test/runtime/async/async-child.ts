/** A worker of its own process, to be killed while its records wait. Arguments: app, brokers. */
import { setTimeout } from 'node:timers/promises'
import { run } from '../../../src/index.ts'
import { systemRandom } from '../../../src/random.ts'
import { answerOf, asyncTopology } from './async-topology.ts'

const [app, brokers] = process.argv.slice(2)
const { built } = asyncTopology(app!, async (value) => {
  // Slow enough to be killed on its way, however long it takes to see how far it is.
  await setTimeout(systemRandom.next() * 100)
  return answerOf(value)
})
await run(built, { brokers: brokers!, instance: 'killed', sessionTimeout: { seconds: 2 } })
