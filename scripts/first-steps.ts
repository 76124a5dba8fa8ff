/** The steps of README's "Run your own", "When things fail", "State" and "A Kafka for your desk", taken in an empty project that has nothing but the packed tarball. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { freePorts } from './kafka/ports.ts'
import { sleep, systemClock } from './tools/world.ts'

const app = `
import { from, json, text, topic, topology, tumbling } from 'millrace'

export const lines = topic('lines', { value: text })
const counts = topic('word-counts', { value: json<{ word: string; count: number }>() })

export const wordCount = topology(
  'word-count',
  from(lines)
    .flatMap((line) => line.split(' '))
    .keyBy('word', (word) => word)
    .window(tumbling({ days: 36500 }))
    .count('words')
    .map((count, { key }) => ({ word: key, count }))
    .to(counts),
)
`

/** @throws Error when a step does not do what README says */
export async function takeFirstSteps(project: string): Promise<void> {
  writeFileSync(join(project, 'app.ts'), app)
  const broker = serve(project, ['broker', '--port', '0'])
  try {
    const environment = { ...process.env, KAFKA_BROKERS: await addressOf(broker) }
    const millrace = commandIn(project, environment)
    expectText(millrace(['topology', 'describe', 'app.ts', '--format', 'mermaid']), 'word-count')
    millrace(['topics', 'create', 'lines', 'word-counts', '--partitions', '6', '--config', 'retention.ms=-1'])
    millrace(['topics', 'produce', 'lines'], 'to be or not to be\nthat is the question\n')
    millrace(['run', 'app.ts', '--until', 'end'])
    const rows = millrace(['topics', 'tail', 'word-counts', '--until', 'end', '--json'])
    expectText(rows, String.raw`{\"word\":\"to\",\"count\":2}`)
    expectText(rows, String.raw`{\"word\":\"question\",\"count\":1}`)
    expectText(millrace(['help', 'MR2002']), 'MR2002')
    expectText(millrace(['help', 'exit-codes']), '143')
    expectText(millrace(['help', 'env']), 'KAFKA_SSL_CA')
    console.log('the first steps of README lead to counted words')
  } finally {
    await end(broker)
  }
}

/** README's broker on disk and on several nodes, with its endpoint, and a registry on it. @throws Error as above */
export async function takeFurtherSteps(project: string): Promise<void> {
  const words = ['broker', '--port', '0', '--data', './kafka', '--flush', 'always', '--nodes', '3', '--control', '0']
  const broker = serve(project, [...words, '--json'])
  const [line] = (await once(createInterface({ input: broker.stdout! }), 'line')) as [string]
  const { addresses, control } = JSON.parse(line) as { addresses: string; control: string }
  const registry = serve(project, ['registry', '--port', '0', '--brokers', addresses])
  try {
    const subjects = await fetch(`${await addressOf(registry)}/subjects`)
    expectText(await subjects.text(), '[]')
    const killed = await fetch(`${control}/nodes/2/kill`, { method: 'POST' })
    if (!killed.ok) throw new Error(`the control endpoint answered ${killed.status}: ${await killed.text()}`)
    console.log('broker on disk, on three nodes, with control endpoint and registry')
  } finally {
    await end(registry)
    await end(broker)
  }
}

/** README's state on disk, a plan, and a question to a running worker. @throws Error as above */
export async function takeStateSteps(project: string): Promise<void> {
  const broker = serve(project, ['broker', '--port', '0'])
  const started: ChildProcess[] = []
  try {
    const environment = { ...process.env, KAFKA_BROKERS: await addressOf(broker) }
    const millrace = commandIn(project, environment)
    millrace(['topics', 'create', 'lines', 'word-counts', '--partitions', '2', '--config', 'retention.ms=-1'])
    millrace(['topics', 'produce', 'lines'], 'to be or not to be\n')
    const [port = 0] = await freePorts(1)
    const words = ['run', 'app.ts', '--state', './state', '--standbys', '1', '--queries', String(port)]
    started.push(serve(project, words, environment))
    await answered(() => millrace(['store', 'get', 'words', 'to', '--url', `http://127.0.0.1:${port}`, '--json']))
    expectText(millrace(['topology', 'plan', 'app.ts', '--gate']), 'No replay is needed')
    console.log('state on disk, a plan, and an answer from a running worker')
  } finally {
    for (const worker of started) await end(worker)
    await end(broker)
  }
}

const simulated = `
import { feed, simulation } from 'millrace/testing'
import { lines, wordCount } from './app.ts'

export default simulation('words', wordCount, { input: [feed(lines, ({ index }) => ({ value: \`word \${index % 7}\` }))] })
`

/** README's simulated world. @throws Error as above, and when a seed fails */
export function takeSimulatedSteps(project: string): void {
  writeFileSync(join(project, 'app.sim.ts'), simulated)
  const words = ['sim', 'app.sim.ts', '--seeds', '20', '--json']
  expectText(commandIn(project, process.env)(words), '"failures":0')
  console.log('twenty simulated runs lost nothing')
}

const failing = `
import { deadLetter, from, text, topic, topology } from 'millrace'

const lines = topic('lines', { value: text })
const loud = topic('loud', { value: text })

export const shout = topology(
  'app',
  from(lines, { onFailure: [deadLetter('lines')] })
    .map((line) => {
      if (line.includes('question') && process.env.ANSWER === undefined) throw new Error('that is the question')
      return line.toUpperCase()
    })
    .to(loud),
)
`

/** README's dead letter: seen, grouped, shown, and redriven once the topology is mended. @throws Error as above */
export async function takeFailingSteps(project: string): Promise<void> {
  writeFileSync(join(project, 'failing.ts'), failing)
  const broker = serve(project, ['broker', '--port', '0'])
  try {
    const environment = { ...process.env, KAFKA_BROKERS: await addressOf(broker) }
    const millrace = commandIn(project, environment)
    millrace(['topics', 'create', 'lines', 'loud', '--partitions', '1', '--config', 'retention.ms=-1'])
    millrace(['topics', 'produce', 'lines'], 'to be or not to be\nthat is the question\n')
    millrace(['run', 'failing.ts', '--until', 'end'])
    expectText(millrace(['dlq', 'ls']), 'app.dlq.lines')
    expectText(millrace(['dlq', 'groups', 'app.dlq.lines']), 'that is the question')
    expectText(millrace(['dlq', 'show', 'app.dlq.lines', '0/0']), 'that is the question')
    expectText(millrace(['dlq', 'redrive', 'app.dlq.lines', '--yes']), '1')
    commandIn(project, { ...environment, ANSWER: '42' })(['run', 'failing.ts', '--until', 'end'])
    expectText(millrace(['topics', 'tail', 'loud', '--until', 'end']), 'THAT IS THE QUESTION')
    console.log('a dead letter was seen, grouped, shown and redriven')
  } finally {
    await end(broker)
  }
}

/** `npx millrace` as a user of the project would type it; gives what it prints. */
function commandIn(
  project: string,
  environment: Readonly<Record<string, string | undefined>>,
): (words: readonly string[], input?: string) => string {
  return (words, input = '') =>
    execFileSync('npx', ['--no-install', 'millrace', ...words], {
      cwd: project,
      env: environment,
      input,
      encoding: 'utf8',
      timeout: 60_000,
    })
}

/** A worker needs a moment until it has rows. */
async function answered(ask: () => string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return expectText(ask(), '"value":2')
    } catch (error) {
      if (attempt === 30) throw error
      await sleep(systemClock, 500)
    }
  }
}

function serve(
  project: string,
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ChildProcess {
  return spawn('npx', ['--no-install', 'millrace', ...words], {
    cwd: project,
    detached: true,
    env: environment,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

/** The group: npx is a process in front of the program's own. */
async function end(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close')
  process.kill(-child.pid!, 'SIGTERM')
  await closed
}

async function addressOf(child: ChildProcess): Promise<string> {
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string]
  return line.replace('ready ', '')
}

function expectText(printed: string, wanted: string): void {
  if (!printed.includes(wanted)) throw new Error(`"${wanted}" is not in what was printed:\n${printed}`)
}
