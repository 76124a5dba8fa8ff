/** A run of the bench: one broker, one input, work after work. */
import { buildPackage } from '../scripts/tools/build-package.ts'
import type { Contest } from './contest.ts'
import { eventsFor } from './input.ts'
import { thisMachine } from './machine.ts'
import { measures, needNexmark } from './measures.ts'
import { fillNexmark } from './nexmark/fill.ts'
import type { BenchOptions } from './options.ts'
import type { Outcome } from './outcome.ts'
import type { Participant, Results } from './page/results.ts'
import { preparePeers } from './peers/index.ts'
import { openPlace, type Place } from './place.ts'
import { describeRow } from './row.ts'

/**
 * Measures the works that were asked for. Who fails is named in the results and on stderr; the others go on.
 * @param now wall time for the results
 * @example const { rows } = await runBench(parseBenchArguments(['q5'], workNames, 'results'), new Date())
 */
export async function runBench(options: BenchOptions, now: Date): Promise<Results> {
  const { ready, failures } = await preparePeers(options.peers, options.works)
  for (const failure of failures) console.error(failure)
  await buildPackage()
  const place = await openPlace(options.broker, { isBuilt: true })
  try {
    const events = eventsFor(options.records)
    if (needNexmark(options.works)) await fill(place, events)
    const contest: Contest = { place, options, peers: ready, events }
    const outcomes: Outcome[] = []
    for (const work of options.works) outcomes.push(await measure(contest, work))
    return {
      date: now.toISOString(),
      machine: thisMachine(),
      broker: place.broker,
      rounds: options.rounds,
      participants: [
        ours(place, options),
        ...ready.map(({ name, version, settings }) => ({ name, version, settings })),
      ],
      rows: outcomes.flatMap(({ rows }) => rows),
      spreads: outcomes.flatMap(({ spreads }) => spreads),
      figures: outcomes.flatMap(({ figures }) => figures),
      failures: [...failures, ...outcomes.flatMap((outcome) => outcome.failures)],
    }
  } finally {
    await place.close()
  }
}

async function fill({ kafka }: Place, events: number): Promise<void> {
  const { records, bytes } = await fillNexmark(kafka, events)
  const written = records.bids.toLocaleString('en')
  console.error(`${written} bids written, ${(bytes.bids / records.bids).toFixed(0)} bytes each`)
}

/** What can't be measured at all is a failure of its work, not the end of the run. */
async function measure(contest: Contest, work: string): Promise<Outcome> {
  try {
    const outcome = await measures.get(work)!(contest)
    for (const row of outcome.rows) console.error(describeRow(row))
    return outcome
  } catch (error) {
    const failure = `${work}: ${error instanceof Error ? error.message : error}`
    console.error(failure)
    return { rows: [], spreads: [], figures: [], failures: [failure] }
  }
}

function ours({ version }: Place, { threads }: BenchOptions): Participant {
  const settings = `exactly once, commits every 100 ms, ${threads.join(' and ')} threads, built as in the package`
  return { name: 'millrace', version, settings }
}
