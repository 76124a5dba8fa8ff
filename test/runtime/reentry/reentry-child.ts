/** A worker of its own process, to be killed while records are on their way round. Arguments: app, brokers. */
import { run } from '../../../src/index.ts'
import { failingAsSaid, retryingTopology } from './reentry-topology.ts'

const [app, brokers] = process.argv.slice(2)
const { built } = retryingTopology(app!, failingAsSaid())
await run(built, { brokers: brokers!, instance: 'killed', sessionTimeout: { seconds: 2 } })
