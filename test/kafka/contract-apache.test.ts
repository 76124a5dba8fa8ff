/** The contract of the port on Apache Kafka 4.1, with transaction protocol 2 and with the older one. */
import { describe } from 'vitest'
import { portContract } from '../contracts/port.ts'
import { apacheBroker } from './apache-broker.ts'
import { lackingFor } from './lacking.ts'

const lacking = lackingFor('Apache Kafka')

describe.skipIf(lacking !== null)('on Apache Kafka', () => {
  for (const transactionVersion of [2, 0] as const) {
    portContract(`Apache Kafka 4.1, transaction.version ${transactionVersion}`, {
      features: { protocol: transactionVersion === 2 ? 2 : 1 },
      async start() {
        const properties = {
          'group.min.session.timeout.ms': '500',
          'transaction.abort.timed.out.transaction.cleanup.interval.ms': '100',
          // The records of the contract are of 2023: half a minute after its start the broker would delete them.
          'log.retention.ms': '-1',
        }
        return apacheBroker({ features: { transactionVersion }, properties })
      },
    })
  }
})
