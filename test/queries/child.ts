/** A worker of its own process, to be killed while it answers. Arguments: app, brokers. Tells its address on stdout. */
import { run, subscribe } from '../../src/index.ts'
import { servedTopology } from './served-topology.ts'

const [app, brokers] = process.argv.slice(2)
subscribe('queries.started', ({ address }) => console.log(`at ${address}`))
await run(servedTopology(app!).built, {
  brokers: brokers!,
  instance: 'killed',
  sessionTimeout: { seconds: 2 },
  queries: { port: 0 },
})
