/** `node bench/inside/main.ts [WORK…]`: what the worker itself takes a record, without a broker. */
import { parseArgs } from 'node:util'
import { type Measured, measureThreads } from './measure-threads.ts'
import { works } from './works.ts'

const usage = `node bench/inside/main.ts [WORK…] [options]

  WORK           ${Object.keys(works).join(', ')} (default: all)
  --partitions   of the input, default 4
  --keys         auctions, default 6000
  --records      in each round, default 1000000
  --batch        records in each batch, default 1000
  --threads      workers, each with its share of the partitions, default 1
  --rounds       the first one warms up, default 3`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    partitions: { type: 'string', default: '4' },
    keys: { type: 'string', default: '6000' },
    records: { type: 'string', default: '1000000' },
    batch: { type: 'string', default: '1000' },
    threads: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '3' },
    help: { type: 'boolean', default: false },
  },
})

function show(work: string, { records, seconds, cpuSeconds, outputRecords, commits }: Measured): void {
  const rate = Math.round(records / seconds).toLocaleString('en')
  const cpu = ((cpuSeconds / records) * 1e6).toFixed(3)
  console.log(`${work}: ${rate} records/s, ${cpu} CPU seconds per million, ${outputRecords} out, ${commits} commits`)
}

if (values.help) console.log(usage)
else {
  const terms = {
    partitions: Number(values.partitions),
    keys: Number(values.keys),
    records: Number(values.records),
    recordsPerBatch: Number(values.batch),
  }
  for (const work of positionals.length > 0 ? positionals : Object.keys(works)) {
    for (const measured of await measureThreads(work, terms, Number(values.threads), Number(values.rounds)))
      show(work, measured)
  }
}
