/** The words of `millrace sim`. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { wholeNumber } from '../values.ts'
import type { SimFlags } from './sim.ts'

const examples = `Examples:
  millrace sim counts.sim.ts --seeds 1000               a thousand runs, each with faults of its own
  millrace sim counts.sim.ts --seed 0x2a                one of them again
  millrace sim counts.sim.ts --seed 0x2a --only 3,7 --records 120
  The file exports what simulation() of millrace/testing returns: a topology and its input.
`
const largestSeed = 0xffff_ffff

export function addSim(program: Command): void {
  program
    .command('sim')
    .addHelpText('before', examples)
    .summary('crash a topology in a simulated world, from a seed')
    .description('run a topology in a simulated world whose faults come from a seed, and judge what came out')
    .argument('<file>', 'a TypeScript or JavaScript file that exports simulations')
    .option('--seeds <number>', 'how many seeds', wholeNumber(1, largestSeed), 100)
    .option('--from <seed>', 'the first one', seedOf, 1)
    .option('--seed <seed>', 'this one only', seedOf)
    .option('--simulation <name>', 'where the file has several: this one')
    .option('--only <numbers>', 'only these of the faults that the seed has planned, or none', numbersOf)
    .option('--records <number>', 'how many records are written', wholeNumber(1, 1_000_000))
    .option('--no-shrink', 'show a failing run as it is, without looking for a smaller one')
    .addOption(new Option('-o, --output <format>', 'how to print the result').choices(['table', 'json']))
    .option('--json', 'short for -o json')
    .option('--verbose', 'errors with their stack')
    .option('--no-color', 'no colour (also NO_COLOR)')
    .action(async (file: string, flags: SimFlags & { readonly output?: string }) => {
      const { simCommand } = await import('./sim.ts')
      await simCommand(file, { ...flags, json: flags.json === true || flags.output === 'json' })
    })
}

/** As failing seeds are printed, or as people count. */
function seedOf(text: string): number {
  const seed = Number(text)
  if (/^(0x[0-9a-f]+|\d+)$/i.test(text) && seed <= largestSeed) return seed
  throw new InvalidArgumentError('Give a number such as 42 or 0x2a, below 2^32.')
}

function numbersOf(text: string): number[] {
  if (text === 'none') return []
  if (/^\d+(,\d+)*$/.test(text)) return text.split(',').map(Number)
  throw new InvalidArgumentError('Give numbers separated by commas, such as 3,7, or none.')
}
