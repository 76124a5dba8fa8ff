/** `node --expose-gc --min-semi-space-size=256 --max-semi-space-size=256 guard.ts WORK…`: its counts, a line of JSON each. */
import { count } from './counts.ts'
import { wasteful } from './wasteful.ts'
import { works } from './works.ts'

for (const work of process.argv.slice(2)) {
  const topology = works[work] ?? wasteful[work]
  if (topology === undefined) throw new Error(`There is no work "${work}"`)
  console.log(JSON.stringify({ work, ...(await count(topology)) }))
}
