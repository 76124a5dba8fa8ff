/** The peer's process. Its words are those of `wordsOf`. */
import { systemClock } from '../../../scripts/tools/world.ts'
import { readRequest, Tally } from '../kafkajs/request.ts'
import type { Bid } from '../kafkajs/works.ts'
import { type FlowApp, type KStream, loadKafkats, type Windowed } from './flow.ts'

const topic = 'nexmark.bids'
const partitions = [0, 1, 2, 3]
const eurosPerDollar = 0.908

const { brokers, work, app: applicationId, output, records } = readRequest(process.argv.slice(2))
const { flow, KafkaClient, TimeWindows, string, json } = await loadKafkats(process.env.KAFKATS_HOME ?? '')
const client = new KafkaClient({ brokers: brokers.split(','), clientId: applicationId, logLevel: 'error' })
await client.connect()
const ends = await client.admin().fetchTopicOffsets(topic, partitions, 'latest')
const tally = new Tally(records ?? partitions.reduce((sum, partition) => sum + Number(ends.get(partition)), 0))
const app: FlowApp = flow({
  applicationId,
  client,
  processingGuarantee: 'exactly_once',
  commitIntervalMs: 100,
  // It waits for each record's answer before it takes the partition's next: nothing is gained by lingering.
  producer: { lingerMs: 0 },
  consumer: { autoOffsetReset: 'earliest', maxBytesPerPartition: 1024 * 1024 },
  runEach: { partitionConcurrency: partitions.length },
})
const bids = app.stream<string, Bid>(topic, { key: string(), value: json<Bid>() }).peek(() => {
  tally.started()
  tally.commit(1)
})
write(work, bids)
await app.start()
await tally.complete
// It commits what is open before it ends.
await app.close()
console.log(tally.line(systemClock.now()))
await client.disconnect()
process.exit(0)

function write(name: string, stream: KStream<string, Bid>): void {
  const plain = ({ auction, bidder, price, dateTime, extra }: Bid) => ({ auction, bidder, price, dateTime, extra })
  const rows = { key: string(), value: json<object>() }
  if (name === 'q0') stream.mapValues<object>((bid) => plain(bid!)).to(output, rows)
  else if (name === 'q1' || name === 'map') {
    stream.mapValues<object>((bid) => ({ ...plain(bid!), price: bid!.price * eurosPerDollar })).to(output, rows)
  } else if (name === 'windowed-count-updates') {
    const counts = stream.groupByKey({ key: string() }).windowedBy(TimeWindows.of('10s')).count()
    counts.toStream().map<string, object>(rowOf).to(output, rows)
  } else throw new Error(`kafkats has no work ${name}`)
}

function rowOf(window: Windowed | null, count: number | null): readonly [string, object] {
  const { key, window: bounds } = window!
  return [key, { auction: Number(key), start: bounds.start, bids: count }]
}
