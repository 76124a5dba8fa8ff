/** A worker with its state in LMDB, to be killed. */
import { run } from '../../src/index.ts'
import { lmdb } from '../../src/state/lmdb/index.ts'
import { counted } from './running-topologies.ts'

const [app, brokers, directory] = process.argv.slice(2)
await run(counted(app!).built, {
  brokers: brokers!,
  instance: 'killed',
  sessionTimeout: { seconds: 2 },
  state: lmdb(directory!),
})
