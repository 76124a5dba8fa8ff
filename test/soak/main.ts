/** `npm run soak`: kill -9 for real, and a search for every record afterwards. See `arguments.ts` for its words. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectTool } from '../../scripts/tools/client.ts'
import { systemClock } from '../../scripts/tools/world.ts'
import { parseWords, type SoakWords, usage } from './arguments.ts'
import { type Ground, onCluster, onEmbedded, onKafka } from './brokers.ts'
import { doctor } from './doctor.ts'
import { type Judged, judge } from './outcome.ts'
import { createTopics, soak } from './run.ts'
import { type OutputRole, topicOf, Verifier } from './verify.ts'

const usageExitCode = 2

function groundOf({ brokers, embedded }: SoakWords): Promise<Ground> | Ground {
  if (brokers !== null) return onCluster(brokers)
  return embedded ? onEmbedded() : onKafka()
}

/** A small one, and one that holds sums: copies of them are made and read again in every soak. */
const doctoredRoles: readonly OutputRole[] = ['dead', 'windows']

async function play(words: SoakWords, folder: string): Promise<boolean> {
  const begun = systemClock.monotonic()
  const say = (remark: string): void =>
    console.error(`${((systemClock.monotonic() - begun) / 1000).toFixed(1).padStart(7)} s  ${remark}`)
  const verifier = new Verifier(folder)
  const [ground] = await Promise.all([groundOf(words), verifier.prepare()])
  try {
    const kafka = await connectTool(ground.brokers, 'soak-tool')
    await createTopics(kafka)
    const witness = verifier.startWitness(ground.brokers)
    const run = await soak({ ...words, ground, kafka, folder, say })
    const seen = await witness.end()
    say('the witness has told; now the verifier looks at everything')
    const doctored = (await Promise.all(doctoredRoles.map((role) => doctor(kafka, role, topicOf(role))))).flat()
    await kafka.close()
    const { records, kills } = words
    const verdict = await verifier.judge({ brokers: ground.brokers, records, witness: seen, doctored })
    return tell(words, judge(records, kills, run, verdict))
  } finally {
    await ground.stop()
  }
}

/** True when nothing was wrong. */
function tell({ json }: SoakWords, { outcome, complaints }: Judged): boolean {
  for (const complaint of complaints) console.error(`wrong: ${complaint}`)
  if (json) console.log(JSON.stringify(outcome))
  else for (const [name, value] of Object.entries(outcome)) console.log(`${name.padEnd(22)} ${JSON.stringify(value)}`)
  return complaints.length === 0
}

function readWords(): SoakWords | null {
  try {
    return parseWords(process.argv.slice(2))
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`)
    process.exitCode = usageExitCode
    return null
  }
}

const words = readWords()
if (words !== null) {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-soak-'))
  try {
    const isRight = await play(words, folder)
    // What was wrong can be looked into.
    if (isRight) rmSync(folder, { recursive: true, force: true })
    else console.error(`journals and specification are in ${folder}`)
    process.exit(isRight ? 0 : 1)
  } catch (error) {
    console.error(error instanceof Error ? error.stack : error)
    console.error(`journals are in ${folder}`)
    process.exit(1)
  }
}
