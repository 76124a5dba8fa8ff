/** `npm run example -- 2|3 [--json]`: runs an example and checks what came out. */
import { parseArgs } from 'node:util'
import { rotationsExample } from './2-rotations/example.ts'
import { weatherExample } from './3-weather/example.ts'
import type { Example } from './stage/example.ts'
import { type Shown, show } from './stage/show.ts'

const examples: readonly Example[] = [rotationsExample, weatherExample]
const usageExitCode = 2

const usage = `npm run example -- NUMBER [--json]

  2       aircraft rotations: session windows (examples/2-rotations)
  3       flights in their weather: a join as of the flight's time (examples/3-weather)
  --json  print one JSON object instead of text

Example 1 is npm run demo; 4 and 5 have their commands in their READMEs.
KAFKA_BROKERS=host:port uses that cluster instead of an embedded broker. The example's topics there are deleted and made anew.`

interface Words {
  readonly example: Example
  readonly json: boolean
}

/** Null when there is nothing to run. */
function readArguments(): Words | null {
  try {
    const options = { json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } } as const
    const { values, positionals } = parseArgs({ options, allowPositionals: true })
    const example = examples.find(({ number }) => String(number) === positionals[0])
    if (example !== undefined && positionals.length === 1 && !values.help) return { example, json: values.json }
    if (values.help) console.log(usage)
    else
      refuse(positionals.length === 0 ? 'Which example?' : `There is no example ${positionals.join(' ')} to run here`)
  } catch (error) {
    refuse(error instanceof Error ? error.message : String(error))
  }
  return null
}

function refuse(why: string): void {
  console.error(`${why}\n\n${usage}`)
  process.exitCode = usageExitCode
}

/** Data on stdout, remarks on stderr. */
function print({ example, json }: Words, { counts, glimpse, complaints, verified, seconds }: Shown): void {
  for (const complaint of complaints) console.error(`wrong: ${complaint}`)
  if (json) {
    console.log(JSON.stringify({ example: example.number, ...counts, verified, seconds }))
    return
  }
  const numbers = Object.entries(counts).map(([name, count]) => `${name} ${count.toLocaleString('en')}`)
  const how = verified ? 'equal to SQL over the files, row by row' : 'NOT equal to SQL over the files'
  console.log(
    [...glimpse, '', numbers.join(' · '), `verified: ${verified} (${how}), ${seconds.toFixed(1)} s`].join('\n'),
  )
}

const words = readArguments()
if (words !== null) {
  try {
    const shown = await show(words.example)
    print(words, shown)
    process.exit(shown.verified ? 0 : 1)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  }
}
