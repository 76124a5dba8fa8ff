/** The contract of the port on Apache Kafka with two nodes: leaders and coordinators are not all in one place. */
import { describe } from 'vitest'
import { portContract } from '../contracts/port.ts'
import { apacheBroker } from './apache-broker.ts'
import { lackingFor } from './lacking.ts'

const lacking = lackingFor('Apache Kafka')

describe.skipIf(lacking !== null)('on two nodes of Apache Kafka', () => {
  portContract('Apache Kafka 4.1 with two nodes', {
    features: { protocol: 2 },
    async start() {
      const properties = {
        'default.replication.factor': '2',
        'offsets.topic.replication.factor': '2',
        'transaction.state.log.replication.factor': '2',
        'group.min.session.timeout.ms': '500',
        'transaction.abort.timed.out.transaction.cleanup.interval.ms': '100',
        // The records of the contract are of 2023: half a minute after its start the broker would delete them.
        'log.retention.ms': '-1',
      }
      return apacheBroker({ nodes: 2, properties })
    },
  })
})
