/** `npm run corpus -- [--json]`: every file of the corpus, everywhere; exits 1 where something became of one that should not. */
import { differences, type Result, resultsOf } from './corpus.ts'
import { expectations } from './expected.ts'
import { resultsOnBroker } from './on-broker.ts'

const results: Result[] = []
for (const row of expectations) results.push(...(await resultsOf(row)))
results.push(...(await resultsOnBroker()))
const wrong = differences(results)
for (const { file, stage, expected, got } of wrong) console.error(`${file}, ${stage}: ${got}, expected ${expected}`)
if (process.argv.includes('--json')) console.log(JSON.stringify(results))
else console.log(`${expectations.length} files, ${results.length} cases, ${wrong.length} wrong`)
process.exitCode = wrong.length > 0 ? 1 : 0
