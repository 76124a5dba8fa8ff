/** A worker of its own process, to be killed. Arguments: app, brokers, `healed` where nothing is bad any more. */
import { run } from '../../../src/index.ts'
import { parkingTopology } from './parking-topology.ts'

const [app, brokers, state] = process.argv.slice(2)
await run(parkingTopology(app!, state === 'healed').built, {
  brokers: brokers!,
  instance: 'killed',
  sessionTimeout: { seconds: 2 },
  deadLetters: { rateLimit: 'off' },
})
