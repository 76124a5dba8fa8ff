/** The words of `millrace breaker` and `millrace tasks`. */
import { type Command, Option } from 'commander'
import { brokerList, plainName } from '../values.ts'
import type { OperateFlags } from './operate.ts'
import type { OperatorAction } from './operated.ts'
import { whoOf } from './who.ts'

interface Verb {
  readonly name: string
  readonly action: OperatorAction
  readonly target: string
  readonly description: string
  readonly examples: string
}

const breakerVerbs: readonly Verb[] = [
  {
    name: 'open',
    action: 'breaker.open',
    target: '<breaker>',
    description: 'make no calls until somebody closes or probes it; also while a neighbour is being repaired',
    examples: 'Examples:\n  millrace breaker open orders risk-api --brokers localhost:9092\n',
  },
  {
    name: 'close',
    action: 'breaker.close',
    target: '<breaker>',
    description: 'the neighbour is well: make calls again at once',
    examples: 'Examples:\n  millrace breaker close orders risk-api --who ada\n',
  },
  {
    name: 'probe',
    action: 'breaker.probe',
    target: '<breaker>',
    description: 'do not wait until it has cooled: try one call at a time',
    examples: 'Examples:\n  millrace breaker probe orders risk-api --json\n',
  },
]

const taskVerbs: readonly Verb[] = [
  {
    name: 'resume',
    action: 'task.resume',
    target: '<task>',
    description: 'let a paused task go on with the record before which it stands',
    examples: 'Examples:\n  millrace tasks resume orders orders-3             the log of the worker names the task\n',
  },
]

/** Adds both nouns. */
export function addOperatorNouns(program: Command): void {
  const breaker = program.command('breaker').description('steer the circuit breakers of running workers')
  for (const verb of breakerVerbs) addVerb(breaker.helpCommand(false), verb)
  const tasks = program.command('tasks').description('steer the tasks of running workers')
  for (const verb of taskVerbs) addVerb(tasks.helpCommand(false), verb)
}

function addVerb(noun: Command, { name, action, target, description, examples }: Verb): void {
  noun
    .command(name)
    .addHelpText('before', examples)
    .description(description)
    .argument('<app>', 'name of the topology', plainName)
    .argument(target, 'name')
    .option('--who <name>', 'who does it, for the audit (default: user@host)', whoOf)
    .option('--brokers <list>', 'host:port, several separated by commas (default: KAFKA_BROKERS)', brokerList)
    .addOption(new Option('-o, --output <format>', 'how to print the result').choices(['table', 'json']))
    .option('--json', 'short for -o json')
    .option('--verbose', 'errors with their stack')
    .option('--no-color', 'no colour (also NO_COLOR)')
    .action(async (app: string, name: string, flags: OperateFlags & { readonly output?: string }) => {
      const { operateCommand } = await import('./operate.ts')
      await operateCommand(action, app, name, { ...flags, json: flags.json === true || flags.output === 'json' })
    })
}
