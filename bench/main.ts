/** `npm run bench`: ours and its peers side by side, exactly once. The method is in `README.md`. */
import { fileURLToPath } from 'node:url'
import { systemClock } from '../scripts/tools/world.ts'
import { benchClients, clientUsage, parseClientArguments } from './client/main.ts'
import { workNames } from './measures.ts'
import { parseBenchArguments, usage } from './options.ts'
import { writeResults } from './page/write.ts'
import { ownVersion } from './place.ts'
import { describeRow, type Row } from './row.ts'
import { runBench } from './run.ts'
import { benchState, parseStateArguments, stateUsage } from './state/main.ts'

/** What the words ask for. */
interface Asked {
  readonly json: boolean
  run(): Promise<readonly Row[]>
}

const folder = fileURLToPath(new URL('./results', import.meta.url))

/** The benches of the client and of state are asked for by their names, which come first. */
function parseArguments(words: readonly string[]): Asked {
  if (words[0] === 'state') {
    const options = parseStateArguments(words)
    return { json: options.json, run: () => benchState(options, ownVersion()) }
  }
  if (words[0] === 'client') {
    const options = parseClientArguments(words.slice(1))
    return { json: options.json, run: () => benchClients(options, ownVersion()) }
  }
  const options = parseBenchArguments(words, workNames, folder)
  return {
    json: options.json,
    async run() {
      const results = await runBench(options, new Date(systemClock.now()))
      if (options.results !== null) console.error(`written: ${writeResults(options.results, results, workNames)}`)
      if (results.failures.length > 0) process.exitCode = 1
      return results.rows
    },
  }
}

/** Null when the words make no sense. */
function readArguments(): Asked | null {
  try {
    return parseArguments(process.argv.slice(2))
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}\n\n${clientUsage}\n\n${stateUsage}`)
    return null
  }
}

const asked = readArguments()
if (asked === null) process.exit(2)
try {
  const rows = await asked.run()
  console.log(asked.json ? JSON.stringify(rows) : rows.map(describeRow).join('\n'))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
