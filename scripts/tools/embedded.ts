/** The embedded broker in a thread of its own, so that a busy tool does not slow its broker. It dies with the process. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { EmbeddedMessage } from './embedded-thread.ts'

/** A broker that was started for a tool. */
export interface StartedBroker {
  /** `host:port`, for `KAFKA_BROKERS`. */
  readonly brokers: string
  stop(): Promise<void>
}

/** Starts the embedded broker on a free port. */
export async function startEmbedded(): Promise<StartedBroker> {
  const thread = new Worker(new URL('./embedded-thread.ts', import.meta.url))
  const [message] = (await once(thread, 'message')) as [EmbeddedMessage]
  return {
    brokers: message.address,
    async stop() {
      await thread.terminate()
    },
  }
}
