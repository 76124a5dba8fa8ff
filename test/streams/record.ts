/** `node test/streams/record.ts`: asks Kafka Streams anew for `test/golden/streams`, three seeds of each family. */
import { startKafkaStreams } from '../peers/streams-driver/driver.ts'
import { caseOf } from './draw-case.ts'
import { families } from './families.ts'
import { goldenFolder, record, writeRecorded } from './recorded.ts'

const seeds = [1001, 1002, 1003]

const peer = startKafkaStreams()
for (const family of families) {
  const recorded = seeds.map((seed) => record(family, caseOf(family, seed), peer))
  writeRecorded(goldenFolder, family.name, await Promise.all(recorded))
}
await peer.close()
