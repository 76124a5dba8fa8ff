/** `millrace broker` */
import { once } from 'node:events'
import { brokerBanner, type EmbeddedBroker, startBroker } from '../broker/index.ts'
import { MillraceError, toError } from '../faults.ts'
import { stopOnSignal } from './signals.ts'

/** The flags, parsed. */
export interface BrokerFlags {
  readonly port: number
  readonly host: string
  readonly partitions?: number
  readonly json: boolean
}

/** Runs the embedded broker until a signal ends it. `ready host:port` on stdout says that it answers. */
export async function brokerCommand(flags: BrokerFlags): Promise<void> {
  const stop = stopOnSignal('stopping the broker')
  const broker = await start(flags)
  console.error(brokerBanner)
  const { address, port } = broker
  console.log(flags.json ? JSON.stringify({ address, port }) : `ready ${address}`)
  if (!stop.signal.aborted) await once(stop.signal, 'abort')
  await broker.close()
  stop.release()
}

/** Why a listener cannot be opened, by Node's code. */
const listenFaults: Readonly<Record<string, { readonly what: string; readonly fix: string }>> = {
  EADDRINUSE: {
    what: 'is in use',
    fix: 'Choose another --port (0 takes a free one), or end the program that listens there',
  },
  EACCES: { what: 'may not be opened by this user', fix: 'Choose a --port above 1023' },
  EADDRNOTAVAIL: { what: 'is not an address of this machine', fix: 'Choose another --host; 127.0.0.1 always works' },
  ENOTFOUND: { what: 'is not a known host', fix: 'Choose another --host; 127.0.0.1 always works' },
}

async function start({ port, host, partitions }: BrokerFlags): Promise<EmbeddedBroker> {
  try {
    return await startBroker({ port, host, ...(partitions && { partitions }) })
  } catch (thrown) {
    const error = toError(thrown)
    const known = 'code' in error ? listenFaults[String(error.code)] : undefined
    if (known === undefined) throw error
    const what = `${host}:${port} ${known.what}`
    throw new MillraceError('fatal', { code: 'MR1003', what, why: error.message, fix: known.fix }, { cause: error })
  }
}
