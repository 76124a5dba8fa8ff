/** The words of the command line: `npm run demo -- [--chaos] [--out-of-orderness D] [--json]`. */
import { parseArgs } from 'node:util'
import { type Duration, parseDuration } from '../../src/index.ts'

export interface DemoOptions {
  /** Kill a worker every 2 seconds while the flights come in slowly. */
  readonly chaos: boolean
  /** How far a flight may be behind the newest one and still be counted, as text (`22h`). */
  readonly outOfOrderness: string
  /** One JSON object at the end instead of tables. */
  readonly json: boolean
}

export const usage = `npm run demo -- [--chaos] [--out-of-orderness D] [--json]

  --chaos                kill a worker with SIGKILL every 2 seconds and start it again
  --out-of-orderness D   a duration such as 2h: flights further behind go to flights.late (default 22h, none is late)
  --json                 print one JSON object instead of tables

KAFKA_BROKERS=host:port uses that cluster instead of the embedded broker. The demo's topics there are deleted and made anew.`

/** What the data needs, so that nothing is late. */
const patientHours = 22

/** True when no flight can be late: the data's own bound is 21.8 hours. */
export function isPatient({ outOfOrderness }: DemoOptions): boolean {
  const {
    days = 0,
    hours = 0,
    minutes = 0,
    seconds = 0,
    milliseconds = 0,
  }: Duration = parseDuration(outOfOrderness) ?? {}
  return days * 24 + hours + minutes / 60 + seconds / 3_600 + milliseconds / 3_600_000 >= patientHours
}

/** @throws Error with a sentence for the user when a word is not understood */
export function parseDemoArguments(words: readonly string[]): DemoOptions | 'help' {
  const { values } = parseArgs({
    args: [...words],
    options: {
      chaos: { type: 'boolean', default: false },
      'out-of-orderness': { type: 'string', default: '22h' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return 'help'
  const outOfOrderness = values['out-of-orderness']
  if (parseDuration(outOfOrderness) === null) {
    throw new Error(
      `--out-of-orderness cannot be "${outOfOrderness}": write a duration with its unit, such as 2h or 90m`,
    )
  }
  return { chaos: values.chaos, outOfOrderness, json: values.json }
}
