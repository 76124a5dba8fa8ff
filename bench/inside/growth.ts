/** `node bench/inside/growth.ts keys|partitions`: what a record costs more when there is more of something. */
import { measureThreads } from './measure-threads.ts'

interface Growth {
  readonly work: string
  readonly small: number
  readonly large: number
  readonly atMost: number
  terms(size: number): { readonly partitions: number; readonly keys: number; readonly records: number }
}

const growths: Readonly<Record<string, Growth>> = {
  // Every key comes once at least, and as many records in both.
  keys: {
    work: 'count-long',
    small: 100_000,
    large: 10_000_000,
    atMost: 1.5,
    terms: (keys) => ({ partitions: 4, keys, records: 10_000_000 }),
  },
  // Long enough that the ends of 256 tasks are a small part of it.
  partitions: {
    work: 'count-text',
    small: 4,
    large: 256,
    atMost: 1.2,
    terms: (partitions) => ({ partitions, keys: 20_480, records: 5_120_000 }),
  },
}

async function costOf({ work, terms }: Growth, size: number): Promise<number> {
  const [{ cpuSeconds, records } = { cpuSeconds: 0, records: 1 }] = await measureThreads(
    work,
    { ...terms(size), recordsPerBatch: 1_000 },
    1,
    1,
  )
  return (cpuSeconds / records) * 1e6
}

for (const name of process.argv.slice(2)) {
  const growth = growths[name]
  if (growth === undefined) throw new Error(`There is no growth "${name}": ${Object.keys(growths).join(', ')}`)
  // The first round of a process is that of the compiler.
  await costOf(growth, growth.small)
  const small = await costOf(growth, growth.small)
  const large = await costOf(growth, growth.large)
  const ratio = (large / small).toFixed(2)
  console.log(
    `${name}: ${small.toFixed(2)} CPU seconds per million with ${growth.small.toLocaleString('en')}, ` +
      `${large.toFixed(2)} with ${growth.large.toLocaleString('en')}: ${ratio} times as much, ${growth.atMost} at most`,
  )
}
