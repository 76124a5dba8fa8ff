/** `node bench/inside/growth.ts keys|partitions`: what a record costs more when there is more of something. */
import { measureKeys } from './keys.ts'
import { measureThreads } from './measure-threads.ts'

const fewPartitions = 4
const manyPartitions = 256

/** Long enough that the ends of 256 tasks are a small part of it. */
async function costOverPartitions(partitions: number): Promise<number> {
  const terms = { partitions, keys: 20_480, records: 5_120_000, recordsPerBatch: 1_000 }
  const [{ cpuSeconds, records } = { cpuSeconds: 0, records: 1 }] = await measureThreads('count-text', terms, 1, 1)
  return (cpuSeconds / records) * 1e6
}

async function tellPartitions(): Promise<void> {
  // The first round of a process is that of the compiler.
  await costOverPartitions(fewPartitions)
  const few = await costOverPartitions(fewPartitions)
  const many = await costOverPartitions(manyPartitions)
  tell('partitions, a record', [fewPartitions, few], [manyPartitions, many], '1.2 at most')
}

/** The phases of a life with many keys; a record on keys that are there already is what the limit speaks of. */
async function tellKeys([few = 100_000, many = 10_000_000]: readonly number[]): Promise<void> {
  for (const work of ['windowed', 'table'] as const) {
    await measureKeys(work, few)
    const [small, large] = [await measureKeys(work, few), await measureKeys(work, many)]
    tell(`${work}, a record of a key that is there`, [few, small.update], [many, large.update], '1.5 at most')
    tell(`${work}, the first record of a key`, [few, small.first], [many, large.first], 'its row is made')
    if (work === 'windowed')
      tell('windowed, a row that closes', [few, small.close], [many, large.close], 'told and deleted')
  }
}

function tell(what: string, [few, small]: [number, number], [many, large]: [number, number], remark: string): void {
  const [less, more] = [few, many].map((size) => size.toLocaleString('en'))
  const ratio = (large / small).toFixed(2)
  console.log(
    `${what}: ${small.toFixed(2)} µs of CPU with ${less}, ${large.toFixed(2)} with ${more}: ` +
      `${ratio} times as much (${remark})`,
  )
}

const [name, ...sizes] = process.argv.slice(2)
if (name === 'keys') await tellKeys(sizes.map(Number))
else if (name === 'partitions') await tellPartitions()
else throw new Error(`There is no growth "${name}": keys, partitions`)
