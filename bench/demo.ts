/** Work `demo`: the flights, from the file to the checked result, as `npm run demo` does it. */
import { join } from 'node:path'
import { type Contest, hold } from './contest.ts'
import type { Outcome } from './outcome.ts'
import { complaintOf } from './peers/turn.ts'
import { type Ended, startProgram } from './process.ts'
import type { Player } from './rounds.ts'
import type { Turn } from './turn.ts'

export const demoWork = 'demo'

const file = join(import.meta.dirname, '..', 'examples', '1-flights', 'demo.ts')
const timeoutMilliseconds = 600_000
const workers = 2
const bytesPerMegabyte = 1_048_576

/** No peer has it. */
export async function measureDemo(contest: Contest): Promise<Outcome> {
  const { place } = contest
  const player: Player = {
    contestant: { system: 'millrace', version: place.version, variant: 'fast-json memory', threads: workers },
    async turn() {
      const environment = { KAFKA_BROKERS: place.brokers }
      const program = { program: process.execPath, arguments: [file, '--json'], environment }
      const ended = await startProgram(program, timeoutMilliseconds).ended
      if (ended.code !== 0) throw new Error(`it ended with ${ended.signal ?? ended.code}\n${complaintOf(ended)}`)
      return turnOf(ended)
    },
  }
  return hold(contest, demoWork, [player])
}

/** The JSON on its last line, and what it says on stderr of its workers' memory. */
export function turnOf({ stdout, stderr, cpuSeconds }: Pick<Ended, 'stdout' | 'stderr' | 'cpuSeconds'>): Turn {
  const result = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as {
    flights: number
    seconds: number
    verified: boolean
  }
  if (!result.verified) throw new Error('its result is not that of SQL over the file')
  const megabytes = Number(/largest worker: (\d+) MB/.exec(stderr)?.[1] ?? 0)
  return { records: result.flights, seconds: result.seconds, cpuSeconds, peakRssBytes: megabytes * bytesPerMegabyte }
}
