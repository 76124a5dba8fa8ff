/** Writes three orders, one as it was before orders had a currency: `SCHEMA_REGISTRY=… KAFKA_BROKERS=… node produce.ts` */
import { BatchBuilder, connectTool } from '../../scripts/tools/client.ts'
import { avro } from '../../src/serde/registry/avro.ts'
import { firstOrder, orders, registry } from './topology.ts'

const use = { topic: orders.name, part: 'value', writes: true } as const
const before = avro({ registry, schema: firstOrder })
// In the order in which they were registered: what is added later may follow what was there.
await before.prepare!(use)
await orders.value.prepare!(use)

const batch = new BatchBuilder()
batch.append(1, 'ann', before.encode({ total: 10 }))
batch.append(2, 'ann', orders.value.encode({ total: 5, currency: 'EUR' }))
batch.append(3, 'ann', orders.value.encode({ total: 7, currency: 'CHF' }))

const kafka = await connectTool(process.env.KAFKA_BROKERS ?? 'localhost:9092', 'orders')
const producer = kafka.producer()
await producer.append({ topic: orders.name, partition: 0 }, batch)
await producer.close()
await kafka.close()
