/** The state of the workers, as they answer for it: asked until all records are in it, then written down for the verifier. */
import { writeFileSync } from 'node:fs'
import { sleep, systemClock } from '../../scripts/tools/world.ts'
import { millrace } from '../drills/cli.ts'
import { RecordMaker } from './record.ts'
import { app, type Sum, totalsStore } from './topology.ts'

export const dumpName = 'totals.ndjson'
const patienceMilliseconds = 120_000

export async function dumpTotals(brokers: string, records: number, file: string, check: () => void): Promise<void> {
  const wanted = wellAmong(records)
  const until = systemClock.monotonic() + patienceMilliseconds
  for (;;) {
    check()
    const { code, stdout, stderr } = await millrace(
      brokers,
      ...['store', 'scan', totalsStore, '--app', app, '--limit', '0', '-o', 'ndjson'],
    ).ended
    const count = code === 0 ? countOf(stdout) : 0
    if (count === wanted) return writeFileSync(file, stdout)
    // A count that is too high is kept for whoever looks for the cause.
    if (count > wanted) writeFileSync(file, stdout)
    if (count > wanted || systemClock.monotonic() > until)
      throw new Error(`The store has ${count} of ${wanted} records\n${stderr}`)
    await sleep(systemClock, 500)
  }
}

function countOf(rows: string): number {
  const sums = rows
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
  return sums.reduce((sum, line) => sum + (JSON.parse(line) as { readonly value: Sum }).value.count, 0)
}

function wellAmong(records: number): number {
  let well = 0
  for (const producer of [0, 1]) {
    const maker = new RecordMaker(producer, records / 2)
    while (maker.made < records / 2) if (maker.next().ailment === 'well') well++
  }
  return well
}
