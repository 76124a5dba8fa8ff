/**
 * `npm run tear [-- --embedded] [--json]`: an abort that is still on its way when the next transaction has produced.
 * On Apache Kafka, or on the embedded broker.
 */
import { parseArgs } from 'node:util'
import { apacheKafka, embedded } from './brokers.ts'
import { tearRows } from './rows.ts'

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, embedded: { type: 'boolean', default: false } },
})
const rows = await tearRows(values.embedded ? embedded : apacheKafka, (remark) => console.error(remark))
if (values.json) console.log(JSON.stringify(rows))
else console.table(rows)
process.exitCode = rows.every(({ passed }) => passed) ? 0 : 1
