/** The words of `millrace store`. */
import { type Command, Option } from 'commander'
import { brokerList, plainName, wholeNumber } from '../values.ts'
import type { GetFlags, ScanFlags, StoreFlags } from './store.ts'

const listExamples = `Examples:
  millrace store ls --brokers localhost:9092            workers are found through their group
  millrace store ls --url http://127.0.0.1:8080         a worker that runs with --queries 8080
`
const getExamples = `Examples:
  millrace store get totals alice                       exit code 3 where there is no such row
  millrace store get per-minute alice --from 2013-01-01T00:00:00Z
  millrace store get prices 7 --at 2013-01-01T00:00:00Z --json
`
const scanExamples = `Examples:
  millrace store scan totals --from a --to b            keys of a table, [from, to)
  millrace store scan per-minute --from 2013-01-01T00:00:00Z --limit 0 -o ndjson
`

interface Given {
  readonly json?: boolean
  readonly output?: StoreFlags['output']
}

/** @param noun `store`, to which the verbs are added */
export function addStoreVerbs(noun: Command): void {
  verb(noun, 'ls', 'the stores of a topology, and what each can be asked', listExamples).action(async (flags) => {
    const { listCommand } = await import('./store.ts')
    await listCommand({ ...flags, output: outputOf(flags) })
  })
  verb(noun, 'get', 'the row of a key; of a windowed store its rows', getExamples)
    .argument('<store>', 'name')
    .argument('<key>', 'text as it is, other keys as JSON, bytes in base64')
    .option('--at <time>', 'of a versioned table: the row that held then')
    .option('--from <time>', 'windows that begin then or later')
    .option('--to <time>', 'windows that begin before')
    .option('--standby-ok', 'also from a copy that may lag behind')
    .action(async (store: string, key: string, flags: GetFlags & Given) => {
      const { getCommand } = await import('./store.ts')
      await getCommand(store, key, { ...flags, output: outputOf(flags) })
    })
  verb(noun, 'scan', 'rows, partition after partition', scanExamples)
    .argument('<store>', 'name')
    .option('--from <key>', 'keys of a table, or where windows begin: from here')
    .option('--to <key>', 'up to here, exclusive')
    .option('--limit <number>', 'rows at most, 0 for all', wholeNumber(0, 1_000_000_000), 100)
    .option('--standby-ok', 'also from copies that may lag behind')
    .action(async (store: string, flags: ScanFlags & Given) => {
      const { scanCommand } = await import('./store.ts')
      await scanCommand(store, { ...flags, output: outputOf(flags) })
    })
}

function verb(noun: Command, name: string, description: string, examples: string): Command {
  return noun
    .command(name)
    .addHelpText('before', examples)
    .description(description)
    .option('--url <address>', 'a worker to ask; it knows whom to ask further')
    .option('--brokers <list>', 'find workers through Kafka (default: KAFKA_BROKERS)', brokerList)
    .option('--app <name>', 'of this topology, where several answer', plainName)
    .addOption(new Option('-o, --output <format>', 'how to print the result').choices(['table', 'json', 'ndjson']))
    .option('--json', 'short for -o json')
    .option('--verbose', 'errors with their stack')
    .option('--no-color', 'no colour (also NO_COLOR)')
}

function outputOf({ json, output }: Given): StoreFlags['output'] {
  return output ?? (json === true ? 'json' : 'table')
}
