/** A bare connection, for tests that say each request themselves. */
import { type Clock, systemClock } from '../../src/clock.ts'
import { checkConfig } from '../../src/kafka/native/config.ts'
import { type Address, parseAddress } from '../../src/kafka/native/connection/address.ts'
import { Connection } from '../../src/kafka/native/connection/connection.ts'
import { type Logger, loggerOf } from '../../src/kafka/native/log.ts'
import { ClientMetrics } from '../../src/kafka/native/metrics.ts'

export interface OpenConnection {
  readonly connection: Connection
  readonly metrics: ClientMetrics
  readonly logger: Logger
}

export async function openConnection(address: string | Address, clock: Clock = systemClock): Promise<OpenConnection> {
  const metrics = new ClientMetrics()
  const checked = checkConfig({ brokers: ['localhost:9092'] })
  const logger = loggerOf(checked.log, clock)
  const config = { ...checked, metrics, logger }
  const place = typeof address === 'string' ? parseAddress(address) : address
  return { connection: await Connection.open(place, config, clock), metrics, logger }
}
