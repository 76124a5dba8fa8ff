/** The words of the command line: `npm run bench -- [WORK…]`, `npm run bench:full`. */
import { parseArgs } from 'node:util'
import { allPeers, allVariants, type Form, forms } from './forms.ts'

export type BrokerKind = 'kafka' | 'embedded'

/** What is to be measured. */
export interface BenchOptions extends Omit<Form, 'works'> {
  readonly works: readonly string[]
  readonly broker: BrokerKind
  readonly json: boolean
  /** Where the results are written; null: nowhere. */
  readonly results: string | null
}

export const usage = `npm run bench -- [WORK…] [--records N] [--rounds N] [--peers LIST] [--variants LIST] [--threads LIST]
                         [--broker kafka|embedded] [--results DIR] [--json]

  WORK         map, windowed-count-final, windowed-count-updates, q0 … q23, restore, latency, demo
               (default: map, windowed-count-final and q0 in two rounds; npm run bench:full measures everything)
  --records    bids, or events of works that read more than bids
  --rounds     how often each takes its turn
  --peers      of ${allPeers.join(', ')}; none for none (default with the embedded broker)
  --variants   of ${allVariants.join(', ')}
  --threads    of Millrace's worker, a number or several (default 1; without a WORK 1,2)
  --broker     kafka (default; needs Java and Maven) or embedded
  --rows       rows of work restore
  --seconds    of work latency, --warm-up before them
  --results    folder for the results and their page (default bench/results when no work is named)
  --json       print the rows as one JSON array, the last line`

const flags = {
  records: { type: 'string' },
  rounds: { type: 'string' },
  peers: { type: 'string' },
  variants: { type: 'string' },
  threads: { type: 'string' },
  rows: { type: 'string' },
  seconds: { type: 'string' },
  'warm-up': { type: 'string' },
  broker: { type: 'string', default: 'kafka' },
  results: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const

/**
 * @param known the works there are
 * @param folder where results go when nothing else is said
 * @throws Error with a sentence for the user when a word is not understood
 */
export function parseBenchArguments(words: readonly string[], known: readonly string[], folder: string): BenchOptions {
  const { values, positionals } = parseArgs({ args: [...words], allowPositionals: true, options: flags })
  const isFull = positionals[0] === 'full'
  const named = isFull ? positionals.slice(1) : positionals
  const form: Form = forms[isFull ? 'full' : named.length > 0 ? 'named' : 'short']
  const works = named.length > 0 ? named : (form.works ?? known)
  const wrong = works.find((work) => !known.includes(work))
  if (wrong !== undefined) throw new Error(`There is no work "${wrong}"`)
  const broker = oneOf('--broker', values.broker, ['kafka', 'embedded'] as const)
  const { warmUpSeconds, seconds } = form.latency
  return {
    works,
    broker,
    variants: listOf('--variants', values.variants, allVariants) ?? form.variants,
    peers: listOf('--peers', values.peers, allPeers) ?? (broker === 'embedded' ? [] : form.peers),
    peerThreads: form.peerThreads,
    rounds: wholeNumber('--rounds', values.rounds, form.rounds),
    records: wholeNumber('--records', values.records, form.records),
    rows: wholeNumber('--rows', values.rows, form.rows),
    threads: values.threads?.split(',').map((word) => wholeNumber('--threads', word, 1)) ?? form.threads,
    latency: {
      warmUpSeconds: wholeNumber('--warm-up', values['warm-up'], warmUpSeconds),
      seconds: wholeNumber('--seconds', values.seconds, seconds),
    },
    results: values.results ?? (named.length === 0 && broker === 'kafka' ? folder : null),
    json: values.json,
  }
}

function wholeNumber(name: string, value: string | undefined, standard: number): number {
  const number = value === undefined ? standard : Number(value)
  return Number.isSafeInteger(number) && number > 0 ? number : refuse(name, value)
}

function oneOf<T extends string>(name: string, value: string, choices: readonly T[]): T {
  return choices.find((choice) => choice === value) ?? refuse(name, value)
}

/** Undefined when nothing was asked; `none` is the empty list. */
function listOf<T extends string>(name: string, value: string | undefined, choices: readonly T[]): T[] | undefined {
  if (value === undefined) return undefined
  return value === 'none' ? [] : value.split(',').map((word) => oneOf(name, word, choices))
}

function refuse(name: string, word: string | undefined): never {
  throw new Error(`${name} cannot be "${word}"`)
}
