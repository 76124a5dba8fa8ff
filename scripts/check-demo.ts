/** `node scripts/check-demo.ts [--kafka] [--chaos] [--late]`: runs the demo as a user would, and judges the line it ends with. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startKafka } from './kafka.ts'

interface Summary {
  readonly flights: number
  readonly cancelled: number
  readonly counted: number
  readonly late: number
  readonly deadLetters: number
  readonly kills: number
  readonly killsInTransaction: number
  readonly verified: boolean
}

const timeoutMilliseconds = 300_000
/** What is so in the data, whatever happens on the way: flights, and those of them that never left. */
const facts = { flights: 336_776, cancelled: 8_255, late: 0, deadLetters: 21 }
const fewestKills = 10
const fewestKillsInTransaction = 5

/** Resolves with all that the demo printed. @throws Error when it ends with another code than 0 */
function runDemo(words: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const demo = spawn('npm', ['run', '--silent', 'demo', '--', ...words], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: timeoutMilliseconds,
  })
  let printed = ''
  demo.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
  })
  demo.on('error', reject)
  demo.on('close', (code, signal) => {
    if (code === 0) resolve(printed)
    else reject(new Error(`The demo ended with ${signal ?? `exit code ${code}`}:\n${printed}`))
  })
  return promise
}

function faultsOf(summary: Summary, { chaos, late }: { readonly chaos: boolean; readonly late: boolean }): string[] {
  const faults = Object.entries(facts)
    .filter(([name]) => !(late && name === 'late'))
    .filter(([name, value]) => summary[name as keyof Summary] !== value)
    .map(([name, value]) => `${name} should be ${value}`)
  if (late && !(summary.late > 0)) faults.push('no record was late')
  if (summary.verified !== true) faults.push('it is not verified')
  if (summary.counted + summary.late !== facts.flights - facts.cancelled)
    faults.push('counted + late is not what departed')
  if (chaos && !(summary.kills >= fewestKills)) faults.push(`fewer than ${fewestKills} kills`)
  if (chaos && !(summary.killsInTransaction >= fewestKillsInTransaction)) faults.push('too few kills in a transaction')
  return faults
}

const { values } = parseArgs({
  options: {
    kafka: { type: 'boolean', default: false },
    chaos: { type: 'boolean', default: false },
    late: { type: 'boolean', default: false },
  },
})
const kafka = values.kafka ? await startKafka({ heap: '1g', compile: 'full' }) : null
try {
  const words = ['--json', ...(values.chaos ? ['--chaos'] : []), ...(values.late ? ['--out-of-orderness', '2h'] : [])]
  const printed = await runDemo(words, kafka === null ? { KAFKA_BROKERS: '' } : { KAFKA_BROKERS: kafka.brokers })
  const last = printed.trimEnd().split('\n').at(-1) ?? ''
  console.log(last)
  for (const fault of faultsOf(JSON.parse(last) as Summary, values)) {
    console.error(`The demo's last line: ${fault}`)
    process.exitCode = 1
  }
} finally {
  await kafka?.stop()
}
