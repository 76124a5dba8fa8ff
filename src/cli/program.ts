/** The grammar of the command line: nouns, verbs, flags. What a command does is imported when it is asked for. */
import { readFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import type { DescribeFormat } from '../index.ts'
import type { BrokerFlags } from './broker.ts'
import { addDlqVerbs } from './dlq/dlq.ts'
import { addDlqMoves } from './dlq/moves.ts'
import { addOperatorNouns } from './operate/grammar.ts'
import type { RegistryFlags } from './registry.ts'
import { addSim } from './sim/grammar.ts'
import { addStoreVerbs } from './store/grammar.ts'
import type { CreateFlags } from './topics/create.ts'
import type { ProduceFlags } from './topics/produce.ts'
import type { TailFlags } from './topics/tail.ts'
import type { PlanFlags } from './topology/plan.ts'
import { boundOf, brokerList, keyValues, plainName, spanOf, wholeNumber } from './values.ts'
import type { RunFlags } from './worker/run.ts'

const examples = `Examples:
  millrace broker --port 9092                           a Kafka for your desk, in memory
  millrace run counts.ts --brokers localhost:9092       run a topology until Ctrl-C
  millrace dlq groups counts                            what failed, and how often
  millrace topology describe counts.ts                  look before you run
`
const runExamples = `Examples:
  millrace run counts.ts --brokers localhost:9092
  millrace run counts.ts --threads 4 --instance left    a restarted worker keeps its name
  millrace run counts.ts --until end --json             one JSON object, last
  millrace run counts.ts --state /var/lib/counts        state on disk; each worker process has a directory of its own
  millrace run counts.ts --standbys 1                   another worker keeps a copy of the state and takes over at once
  millrace run counts.ts --guarantee at-least-once      without transactions: after a failure records count again
`
const brokerExamples = `Examples:
  millrace broker                                       on 127.0.0.1:9092
  millrace broker --port 0 --partitions 6               on a free port; stdout says: ready 127.0.0.1:…
  millrace broker --data ./kafka --flush always         keeps what it is given; Kafka's own tools read the files
  millrace broker --nodes 3 --control 9990              three nodes, and an endpoint to kill, move and break things:
                                                        curl -X POST http://127.0.0.1:9990/nodes/2/kill
`
const registryExamples = `Examples:
  millrace registry --brokers localhost:9092            on 127.0.0.1:8081, schemas in the topic _schemas
  millrace registry --memory --port 0                   gone with the process; stdout says: ready http://127.0.0.1:…
`
const describeExamples = `Examples:
  millrace topology describe counts.ts
  millrace topology describe counts.ts --format mermaid
`
const furtherHelp = `
Further help:  millrace help exit-codes | env | codes | filters | MR2001
`

/** The whole program, ready to parse. Whatever is wrong is thrown, nothing exits. */
export function makeProgram(): Command {
  const program = new Command('millrace')
    .description('Stream processing on Kafka: typed topologies, exactly once.')
    .version(versionOf(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help; also after a command')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .addHelpText('before', examples)
    .addHelpText('after', furtherHelp)
  addRun(program)
  addBroker(program)
  addRegistry(program)
  addTopology(program)
  addTopics(program)
  addStores(program)
  addDlqMoves(addDlqVerbs(program))
  addOperatorNouns(program)
  addSim(program)
  addHelp(program)
  return program
}

function addRun(program: Command): void {
  const command = program
    .command('run')
    .addHelpText('before', runExamples)
    .description('run every topology that the files export')
    .argument('<file...>', 'TypeScript or JavaScript files')
    .option('--brokers <list>', 'host:port, several separated by commas (default: KAFKA_BROKERS)', brokerList)
    .option('--threads <number>', 'worker threads, each with its own tasks and transaction', wholeNumber(1, 256), 1)
    .option('--until <end>', 'a bounded run: "end", or an instant; then commit and exit 0', boundOf)
    .option('--run-id <id>', 'name of the bounded run, the same for every worker of it', plainName)
    .option('--instance <name>', 'name of this worker, kept over restarts (default: MILLRACE_INSTANCE)', plainName)
    .option('--state <directory>', 'keep state there (needs the package lmdb): a restart reads only what it missed')
    .option('--watchdog <duration>', 'how long one record may keep a thread busy', spanOf, { seconds: 30 })
    .option('--no-watchdog', 'nobody watches: an endless loop in a step stops the worker for good')
    .option('--heap <mebibytes>', 'what a thread may hold: one that needs more is ended', wholeNumber(16, 1_048_576))
    .option('--standbys <number>', 'copies of all state on other workers, which take over at once', wholeNumber(0, 16))
    .option(
      '--queries <port>',
      'answer questions about state on this port and, per thread, the next',
      wholeNumber(0, 65_535),
    )
    .option('--queries-host <address>', 'address to answer on; others than 127.0.0.1 need MILLRACE_QUERIES_TOKEN')
    .addOption(
      new Option('--guarantee <guarantee>', 'what a failure may do to a record (default: exactly-once)').choices([
        'exactly-once',
        'at-least-once',
      ]),
    )
  withOutput(command).action(async (files: string[], flags: RunFlags & OutputFlags) => {
    const { runCommand } = await import('./worker/run.ts')
    await runCommand(files, { ...flags, json: isJson(flags) })
  })
}

function addBroker(program: Command): void {
  const command = program
    .command('broker')
    .addHelpText('before', brokerExamples)
    .summary('run the embedded broker, for desks and tests')
    .description('run the embedded broker: one process, in memory or on disk, for desks and tests')
    .option('--port <number>', 'port to listen on, 0 for a free one', wholeNumber(0, 65_535), 9092)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--partitions <number>', 'partitions of a topic whose maker names no number', wholeNumber(1, 10_000))
    .option('--nodes <number>', 'nodes, each on a port of its own from --port on', wholeNumber(1, 100))
    .option('--data <directory>', 'keep everything there; in memory when left out')
    .addOption(
      new Option(
        '--flush <when>',
        'when data reaches the disk for sure: left to the system, every second, each time',
      ).choices(['none', 'interval', 'always']),
    )
    .option('--control <port>', 'JSON over HTTP on 127.0.0.1: look at it, and break it', wholeNumber(0, 65_535))
  withOutput(command).action(async (flags: BrokerFlags & OutputFlags) => {
    const { brokerCommand } = await import('./broker.ts')
    await brokerCommand({ ...flags, json: isJson(flags) })
  })
}

function addRegistry(program: Command): void {
  const command = program
    .command('registry')
    .addHelpText('before', registryExamples)
    .summary("run a schema registry: Confluent's REST interface")
    .description("run the schema registry: Confluent's REST interface, schemas in a compacted topic")
    .option('--port <number>', 'port to listen on, 0 for a free one', wholeNumber(0, 65_535), 8081)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--brokers <list>', 'host:port, several separated by commas (default: KAFKA_BROKERS)', brokerList)
    .option('--topic <name>', 'where the schemas are', '_schemas')
    .option('--memory', 'without Kafka: schemas end with the process')
  withOutput(command).action(async (flags: RegistryFlags & OutputFlags) => {
    const { registryCommand } = await import('./registry.ts')
    await registryCommand({ ...flags, json: isJson(flags) })
  })
}

function addTopology(program: Command): void {
  const noun = program.command('topology').description('look at topologies').helpCommand(false)
  const command = noun
    .command('describe')
    .addHelpText('before', describeExamples)
    .description('print the graph of every topology that a file exports')
    .argument('<file>', 'a TypeScript or JavaScript file')
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'mermaid', 'json']).default('text'))
  withOutput(command).action(async (file: string, flags: { format: DescribeFormat } & OutputFlags) => {
    const { describeCommand } = await import('./topology/topology.ts')
    await describeCommand(file, isJson(flags) ? 'json' : flags.format)
  })
  addTopologyPlan(noun)
}

function addTopologyPlan(noun: Command): void {
  const command = noun
    .command('plan')
    .addHelpText('before', 'Examples:\n  millrace topology plan topology.ts --gate\n')
    .description('compare a file with what is deployed: stores that survive, topics to be made, what must be replayed')
    .argument('<file>', 'a TypeScript or JavaScript file')
    .option('--brokers <list>', 'host:port, several separated by commas (default: KAFKA_BROKERS)', brokerList)
    .option('--gate', 'exit with 6 when something must be replayed')
  withOutput(command).action(async (file: string, flags: PlanFlags & OutputFlags) => {
    const { planCommand } = await import('./topology/plan.ts')
    await planCommand(file, { ...flags, json: isJson(flags) })
  })
}

function addTopics(program: Command): void {
  const noun = program.command('topics').description('make topics, write to them, look into them').helpCommand(false)
  const verbs = [addTopicsCreate(noun), addTopicsProduce(noun), addTopicsTail(noun)]
  for (const verb of verbs) {
    verb.option('--brokers <list>', 'host:port, several separated by commas (default: KAFKA_BROKERS)', brokerList)
    withOutput(verb)
  }
}

function addTopicsCreate(noun: Command): Command {
  return noun
    .command('create')
    .addHelpText(
      'before',
      'Examples:\n  millrace topics create lines word-counts --partitions 6 --config retention.ms=-1\n',
    )
    .description('make topics; one that exists is left as it is')
    .argument('<name...>', 'names')
    .option('--partitions <number>', "partitions of each (default: the broker's)", wholeNumber(1, 10_000))
    .option('--config <key=value>', 'a setting of the topics, may be repeated', keyValues, {})
    .action(async (names: string[], flags: CreateFlags & OutputFlags) => {
      const { createCommand } = await import('./topics/create.ts')
      await createCommand(names, { ...flags, json: isJson(flags) })
    })
}

function addTopicsProduce(noun: Command): Command {
  return noun
    .command('produce')
    .addHelpText('before', 'Examples:\n  millrace topics produce lines < text.txt\n')
    .description('write each line of stdin as a record; key and value are parted by --key-separator')
    .argument('<name>', 'topic')
    .option('--key-separator <text>', 'what stands between key and value (default: no keys)')
    .action(async (name: string, flags: ProduceFlags & OutputFlags) => {
      const { produceCommand } = await import('./topics/produce.ts')
      await produceCommand(name, { ...flags, json: isJson(flags) })
    })
}

function addTopicsTail(noun: Command): Command {
  return noun
    .command('tail')
    .addHelpText('before', 'Examples:\n  millrace topics tail word-counts --until end --json\n')
    .description('print the committed records of a topic, from its start')
    .argument('<name>', 'topic')
    .addOption(new Option('--until <end>', 'stop at the present end instead of waiting for more').choices(['end']))
    .action(async (name: string, flags: TailFlags & OutputFlags) => {
      const { tailCommand } = await import('./topics/tail.ts')
      await tailCommand(name, { ...flags, json: isJson(flags) })
    })
}

function addStores(program: Command): void {
  addStoreVerbs(program.command('store').description('look into the stores of running workers').helpCommand(false))
}

function addHelp(program: Command): void {
  const command = program
    .command('help')
    .description('help on a command, an error code, or a topic')
    .argument('[topic...]', 'exit-codes, env, codes, filters, MR2001, or a command')
  withOutput(command).action(async (words: string[], flags: OutputFlags) => {
    const { helpCommand } = await import('./help.ts')
    helpCommand(program, words, isJson(flags))
  })
}

interface OutputFlags {
  readonly json?: boolean
  readonly output?: string
}

/** The flags that every command has. `--verbose` and `--no-color` are read from the arguments by `main`, before parsing. */
function withOutput(command: Command): Command {
  return command
    .addOption(new Option('-o, --output <format>', 'how to print the result').choices(['table', 'json']))
    .option('--json', 'short for -o json')
    .option('--verbose', 'errors with their stack')
    .option('--no-color', 'no colour (also NO_COLOR)')
}

function isJson({ json, output }: OutputFlags): boolean {
  return json === true || output === 'json'
}

function versionOf(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
