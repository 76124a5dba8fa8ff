/** `node test/simulation/trace.ts NAME SEED…`: the traces of seeds, a line each, for a test that compares processes. */
import { simulate } from '../../src/testing/index.ts'
import { simulations } from './topologies.ts'

const [name, ...seeds] = process.argv.slice(2)
const chosen = simulations.find((each) => each.name === name)
if (chosen === undefined) throw new Error(`there is no simulation ${name}`)
for (const seed of seeds) {
  const { trace } = await simulate(chosen.topology, { ...chosen.options, records: 300, seed: Number(seed) })
  console.log(trace)
}
