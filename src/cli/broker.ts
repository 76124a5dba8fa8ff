/** `millrace broker` */
import { once } from 'node:events'
import { brokerBanner, type EmbeddedBroker, type FlushPolicy, startBroker } from '../broker/index.ts'
import { toError } from '../faults.ts'
import { explainListening } from './worker/listen-faults.ts'
import { stopOnSignal } from './worker/signals.ts'

/** The flags, parsed. */
export interface BrokerFlags {
  readonly port: number
  readonly host: string
  readonly partitions?: number
  readonly nodes?: number
  readonly data?: string
  readonly flush?: FlushPolicy
  readonly control?: number
  readonly json: boolean
}

/** Runs the embedded broker until a signal ends it. `ready host:port` on stdout says that it answers. */
export async function brokerCommand(flags: BrokerFlags): Promise<void> {
  const stop = stopOnSignal('stopping the broker')
  const broker = await start(flags)
  console.error(brokerBanner)
  console.log(flags.json ? JSON.stringify(whereabouts(broker)) : `ready ${broker.addresses}`)
  if (broker.controlPort !== null && !flags.json) console.log(`control ${controlAddress(broker)}`)
  if (!stop.signal.aborted) await once(stop.signal, 'abort')
  await broker.close()
  stop.release()
}

function whereabouts(broker: EmbeddedBroker): Readonly<Record<string, unknown>> {
  const { address, port, addresses, nodes, controlPort } = broker
  return {
    address,
    port,
    ...(nodes.length > 1 && { addresses }),
    ...(controlPort !== null && { control: controlAddress(broker) }),
  }
}

function controlAddress({ controlPort }: EmbeddedBroker): string {
  return `http://127.0.0.1:${controlPort}`
}

/** Requests that the control endpoint can show. */
const requestsKept = 10_000

async function start(flags: BrokerFlags): Promise<EmbeddedBroker> {
  const { port, host, partitions, nodes, data, flush, control } = flags
  try {
    return await startBroker({
      port,
      host,
      ...(partitions && { partitions }),
      ...(nodes && { nodes }),
      ...(data && { directory: data }),
      ...(flush && { flush }),
      ...(control !== undefined && { control, audit: true, requestLog: requestsKept }),
    })
  } catch (thrown) {
    throw explainListening(thrown, refusedAddress(thrown) ?? `${host}:${port}`)
  }
}

/** Which of several listeners it was. */
function refusedAddress(thrown: unknown): string | null {
  const error = toError(thrown)
  return 'address' in error && 'port' in error ? `${error.address}:${error.port}` : null
}
