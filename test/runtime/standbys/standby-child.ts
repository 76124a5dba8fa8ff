/** A worker that is to be killed. */
import { runWorker } from '../../../src/runtime/run.ts'
import { connected } from '../../contracts/tools.ts'
import { tallied } from './standby-tools.ts'

const [app, brokers] = process.argv.slice(2)
const kafka = await connected(brokers!, { clientId: 'killed' })
await runWorker(tallied(app!).built, {
  kafka,
  instance: 'killed',
  sessionTimeout: { seconds: 2 },
  standbys: 1,
})
