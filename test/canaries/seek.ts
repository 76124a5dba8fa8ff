/**
 * `node test/canaries/seek.ts WORLD FROM UNTIL`: runs seed after seed until one fails. A line of JSON for each that has
 * begun, and one for what it failed with.
 */
import { simulate } from '../../src/testing/index.ts'
import type { Failed } from './search.ts'
import { worldOf } from './worlds.ts'

const [name = '', from, until] = process.argv.slice(2)
const { topology, options } = worldOf(name)

for (let seed = Number(from); seed <= Number(until); seed++) {
  tell({ seed, failures: [] })
  const failures = await failuresOf(seed)
  if (failures.length === 0) continue
  tell({ seed, failures })
  break
}
// Whatever a world that has failed still holds open.
process.exit(0)

async function failuresOf(seed: number): Promise<string[]> {
  try {
    const { failures } = await simulate(topology, { ...options, seed })
    return failures.map(({ oracle, what }) => `${oracle}: ${what}`)
  } catch (error) {
    return [`the run itself: ${error instanceof Error ? error.stack : String(error)}`]
  }
}

function tell(failed: Failed): void {
  process.stdout.write(`${JSON.stringify(failed)}\n`)
}
