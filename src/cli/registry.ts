/** `millrace registry` */
import { once } from 'node:events'
import type { Kafka } from '../kafka/port.ts'
import { type EmbeddedRegistry, startRegistry } from '../registry/index.ts'
import { withKafka } from './topics/client.ts'
import { explainListening } from './worker/listen-faults.ts'
import { stopOnSignal } from './worker/signals.ts'

/** The flags, parsed. */
export interface RegistryFlags {
  readonly port: number
  readonly host: string
  readonly brokers?: readonly string[]
  readonly memory?: boolean
  readonly topic: string
  readonly json: boolean
}

/** Runs the schema registry until a signal ends it. `ready http://host:port` on stdout says that it answers. */
export async function registryCommand(flags: RegistryFlags): Promise<void> {
  if (flags.memory) return await serve(flags, 'memory')
  await withKafka(flags.brokers, (kafka) => serve(flags, kafka))
}

async function serve(flags: RegistryFlags, kafka: Kafka | 'memory'): Promise<void> {
  const stop = stopOnSignal('stopping the registry')
  const registry = await start(flags, kafka)
  const { url, port } = registry
  console.log(flags.json ? JSON.stringify({ url, port }) : `ready ${url}`)
  if (!stop.signal.aborted) await once(stop.signal, 'abort')
  await registry.close()
  stop.release()
}

async function start({ host, port, topic }: RegistryFlags, kafka: Kafka | 'memory'): Promise<EmbeddedRegistry> {
  try {
    return await startRegistry({ host, port, topic, kafka })
  } catch (error) {
    throw explainListening(error, `${host}:${port}`)
  }
}
