/** `npm run demo`: flights through the topology, exactly once, and a check by another route. See `README.md`. */
import { connectTool } from '../../scripts/tools/client.ts'
import { randomName, sleep, systemClock, systemRandom } from '../../scripts/tools/world.ts'
import { type DemoOptions, isPatient, parseDemoArguments, usage } from './arguments.ts'
import { Chaos, fewestKills, type Kills } from './chaos.ts'
import { checkResults, type Findings } from './check.ts'
import { openCluster, prepareTopics } from './cluster.ts'
import { produceAirlines } from './produce.ts'
import { showProgress } from './progress.ts'
import { type DemoResult, report, resultOf } from './report.ts'
import { chaosRun, pacedRun, plainRun } from './runs.ts'
import { Crew } from './workers.ts'

const timeoutMilliseconds = 300_000
const usageExitCode = 2
const bytesPerMegabyte = 1_048_576

/** Runs the demo; true when everything was as it must be. */
async function demo(options: DemoOptions): Promise<boolean> {
  const begin = systemClock.monotonic()
  const cluster = await openCluster()
  const kafka = await connectTool(cluster.brokers, 'flights-demo')
  await prepareTopics(kafka)
  await produceAirlines(kafka)
  const crew = new Crew({ brokers: cluster.brokers, runId: `demo-${randomName(systemRandom)}`, ...patience(options) })
  const chaos = new Chaos(kafka, crew)
  const progress = showProgress(kafka)
  const run = options.chaos ? chaosRun : isPatient(options) ? plainRun : pacedRun
  const stage = { kafka, crew, chaos, onProgress: progress.sent }
  const produced = await Promise.race([run(stage), crew.failure, tooLong()])
  progress.stop()
  const found = await checkResults(kafka, produced)
  const seconds = Math.round(systemClock.monotonic() - begin) / 1000
  print(options, resultOf(produced.flights, found, chaos.count, seconds), found, crew.peakRssBytes)
  await kafka.close()
  await cluster.stop()
  return found.verified && (!options.chaos || wasChaos(chaos.count))
}

/** With less patience than the data needs, time is to be seen passing: it crosses the repartition topic at each commit. */
function patience(options: DemoOptions): { outOfOrderness: string; commitInterval?: string } {
  const { outOfOrderness } = options
  return isPatient(options) ? { outOfOrderness } : { outOfOrderness, commitInterval: '20ms' }
}

/** Data on stdout, remarks on stderr. */
function print(options: DemoOptions, result: DemoResult, found: Findings, peakRssBytes: number): void {
  const megabytes = Math.round(peakRssBytes / bytesPerMegabyte)
  for (const complaint of found.complaints) console.error(`wrong: ${complaint}`)
  if (options.json) console.error(`largest worker: ${megabytes} MB`)
  console.log(options.json ? JSON.stringify(result) : report(result, found.rows, megabytes))
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
