/**
 * `npm run must-fail [-- --json] [GUARD…]`: takes each guard away in turn, in a throw-away copy, and sees that the test
 * which is there for it fails. Before that the same test has to pass.
 */
import { parseArgs } from 'node:util'
import { Copy } from './copy.ts'
import type { Guard, Verdict } from './guard.ts'
import { guards } from './guards.ts'
import { type Outcome, runTest } from './run.ts'

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const chosen =
  positionals.length === 0 ? guards : guards.filter(({ name }) => positionals.some((word) => name.includes(word)))
if (chosen.length === 0) {
  console.error(`There is no such guard; there are:\n${guards.map(({ name }) => `  ${name}`).join('\n')}`)
  process.exit(2)
}
const copy = new Copy()
process.once('exit', () => copy.remove())
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const verdicts = chosen.map(judge)
if (values.json) console.log(JSON.stringify(verdicts))
process.exitCode = verdicts.every(({ caught }) => caught) ? 0 : 1

function judge({ name, patches, test }: Guard): Verdict {
  const caughtBy = `${test.file} > ${test.name}`
  const whole = runTest(copy.folder, test)
  if (whole.is !== 'passed') return told({ guard: name, caughtBy, caught: false }, `${whole.is} with it: ${whole.why}`)
  const { is, why } = without(patches, test)
  return told({ guard: name, caughtBy, caught: is === 'failed' }, `${is} without it: ${why}`)
}

function without(patches: Guard['patches'], test: Guard['test']): Outcome {
  let undo = (): void => undefined
  try {
    undo = copy.apply(patches)
    return runTest(copy.folder, test)
  } catch (error) {
    return { is: 'not run', why: String(error) }
  } finally {
    undo()
  }
}

function told(verdict: Verdict, how: string): Verdict {
  const { caught, guard, caughtBy } = verdict
  console.error(`${caught ? 'caught' : 'NOT CAUGHT'}  ${guard}  by  ${caughtBy}\n    ${how}`)
  return verdict
}
