/** The contract of the port on the embedded broker when it keeps its records in a directory. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startBroker } from '../../src/broker/index.ts'
import { portContract } from './port.ts'

portContract('the embedded broker on disk', {
  features: { protocol: 2 },
  async start() {
    const directory = mkdtempSync(join(tmpdir(), 'millrace-contract-'))
    const broker = await startBroker({
      directory,
      markerDelay: { minimum: 0, maximum: 15 },
      shuffleAborted: true,
      transactionCheckInterval: { milliseconds: 100 },
      groupMinimumSessionTimeout: { milliseconds: 500 },
    })
    return {
      brokers: broker.address,
      async stop() {
        await broker.close()
        rmSync(directory, { recursive: true, force: true })
      },
      compact: async (topic) => broker.compactNow(topic),
    }
  },
})
