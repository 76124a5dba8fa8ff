/** Starts the broker that files of the project share: when the first asks for it, and not where none of them runs. */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { type RunningKafka, startKafka } from '../../../scripts/kafka.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The port that `sharedKafka` asks. */
    readonly sharedKafka: number
  }
}

// Half a minute after its start, and whenever it looks again, it would delete records of days long gone.
const properties = { 'log.retention.ms': '-1' }

/** It ends with the run, and with its process, however that ends. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  let broker: Promise<RunningKafka> | null = null
  const server = createServer((_request, response) => {
    broker ??= startKafka({ properties })
    void answer(broker, response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  provide('sharedKafka', (server.address() as AddressInfo).port)
  return async () => {
    server.close()
    await broker?.then(
      (running) => running.stop(),
      () => undefined,
    )
  }
}

/** Its address, or why it did not come up. */
async function answer(broker: Promise<RunningKafka>, response: ServerResponse): Promise<void> {
  try {
    response.end((await broker).brokers)
  } catch (error) {
    response.writeHead(500).end(String(error))
  }
}
