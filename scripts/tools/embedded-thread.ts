/** The thread of `embedded.ts`: starts the broker and says where it listens. */
import { parentPort } from 'node:worker_threads'
import { startBroker } from '../../src/broker/index.ts'

/** What the thread says once. */
export interface EmbeddedMessage {
  readonly address: string
}

const broker = await startBroker({ port: 0 })
const message: EmbeddedMessage = { address: broker.address }
parentPort?.postMessage(message)
