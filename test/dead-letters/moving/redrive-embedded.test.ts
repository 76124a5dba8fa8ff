import { startBroker } from '../../../src/broker/index.ts'
import { redriveContract } from './redrive-contract.ts'

redriveContract('on the embedded broker', async () => {
  const broker = await startBroker()
  return { brokers: broker.address, stop: () => broker.close() }
})
