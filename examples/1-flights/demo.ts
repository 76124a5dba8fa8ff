/** `npm run demo`: flights through the topology, exactly once, and a check by another route. See `README.md`. */

import { connectTool, type Kafka } from '../../scripts/tools/client.ts'
import { randomName, sleep, systemClock, systemRandom } from '../../scripts/tools/world.ts'
import { type DemoOptions, parseDemoArguments, usage } from './arguments.ts'
import { Chaos, fewestKills, type Kills } from './chaos.ts'
import { checkResults } from './check.ts'
import { openCluster, prepareTopics } from './cluster.ts'
import { type Produced, produceAirlines, produceFlights } from './produce.ts'
import { type Progress, showProgress } from './progress.ts'
import { report, resultOf } from './report.ts'
import { Crew } from './workers.ts'

/** Flights and the records planted between them. */
const totalRecords = 336_776 + 21
/** 336,776 flights take 30.6 s. */
const chaosFlightsPerSecond = 11_000
const timeoutMilliseconds = 300_000
const usageExitCode = 2

/** Produces all flights, then lets the workers run to their end. */
async function plainRun(kafka: Kafka, crew: Crew, progress: Progress): Promise<Produced> {
  const produced = await produceFlights(kafka, { onProgress: (sent) => (progress.sent = sent) })
  crew.start('bounded')
  await crew.finished
  return produced
}

/** Workers die and return while the flights come in, and go on dying until they are through. */
async function chaosRun(kafka: Kafka, crew: Crew, progress: Progress, chaos: Chaos): Promise<Produced> {
  crew.start('unbounded')
  let through = false
  const flightsIn = produceFlights(kafka, {
    rate: chaosFlightsPerSecond,
    onProgress: (sent) => (progress.sent = sent),
  }).finally(() => {
    through = true
  })
  const [produced] = await Promise.all([flightsIn, chaos.rage('unbounded', () => through)])
  await chaos.strikeAll()
  await chaos.rage('bounded', () => crew.isFinished)
  return produced
}

async function demo(options: DemoOptions): Promise<boolean> {
  const begin = systemClock.monotonic()
  const cluster = await openCluster()
  const kafka = await connectTool(cluster.brokers, 'flights-demo')
  await prepareTopics(kafka)
  await produceAirlines(kafka)
  const runId = `demo-${randomName(systemRandom)}`
  const crew = new Crew({ brokers: cluster.brokers, outOfOrderness: options.outOfOrderness, runId })
  const chaos = new Chaos(kafka, crew)
  const progress = showProgress(kafka, totalRecords)
  const run = options.chaos ? chaosRun(kafka, crew, progress, chaos) : plainRun(kafka, crew, progress)
  const produced = await Promise.race([run, crew.failure, tooLong()])
  progress.stop()
  const found = await checkResults(kafka, produced)
  const seconds = Math.round(systemClock.monotonic() - begin) / 1000
  const result = resultOf(produced.flights, found, chaos.count, seconds)
  for (const complaint of found.complaints) console.error(`wrong: ${complaint}`)
  console.log(options.json ? JSON.stringify(result) : report(result, found.rows, crew.peakRssBytes))
  if (options.json) console.error(`largest worker: ${Math.round(crew.peakRssBytes / 1_048_576)} MB`)
  await kafka.close()
  await cluster.stop()
  return found.verified && (!options.chaos || wasChaos(chaos.count))
}

function wasChaos({ kills, killsInTransaction }: Kills): boolean {
  const enough = kills >= fewestKills.kills && killsInTransaction >= fewestKills.killsInTransaction
  if (!enough)
    console.error(`wrong: ${kills} kills, ${killsInTransaction} in a transaction, are too few to show anything`)
  return enough
}

async function tooLong(): Promise<never> {
  await sleep(systemClock, timeoutMilliseconds)
  throw new Error(`The workers did not come to their end in ${timeoutMilliseconds / 1000} s`)
}

/** The options, or null when there is nothing to run. */
function readArguments(): DemoOptions | null {
  try {
    const options = parseDemoArguments(process.argv.slice(2))
    if (options !== 'help') return options
    console.log(usage)
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`)
    process.exitCode = usageExitCode
  }
  return null
}

const options = readArguments()
if (options !== null) {
  try {
    process.exit((await demo(options)) ? 0 : 1)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  }
}
