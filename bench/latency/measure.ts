/** Work `latency`: 20,000 records a second, mapped; how old each is when a read_committed reader has it. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Contest, hold, peersOf, peerVariant } from '../contest.ts'
import { outputTopic } from '../nexmark/specification.ts'
import type { Outcome } from '../outcome.ts'
import type { Figure } from '../page/results.ts'
import type { Player } from '../rounds.ts'
import { median } from '../statistics.ts'
import type { Turn } from '../turn.ts'
import { variantsOf } from '../variants.ts'
import { type Observed, observe, type Runner } from './observe.ts'
import { runOurs, runPeer } from './runners.ts'
import { latencyOutput } from './topology.ts'
import { visibleAfter } from './visible.ts'

export const latencyWork = 'latency'
const app = 'bench-latency'

/** @example await measureLatency(contest) */
export async function measureLatency(contest: Contest): Promise<Outcome> {
  const visible: Visible[] = []
  const players = [...ourPlayers(contest, visible), ...peerPlayers(contest)]
  return hold(contest, latencyWork, players, () => figuresOf(visible))
}

/** From the end of a commit to the arrival of its records, milliseconds. */
interface Visible {
  readonly variant: string
  readonly p50: number
  readonly p99: number
}

function ourPlayers({ place, options }: Contest, visible: Visible[]): Player[] {
  return variantsOf({ isStateful: false }, options.variants).map((variant) => {
    const contestant = { system: 'millrace', version: place.version, variant, threads: options.threads[0]! }
    const file = join(place.directory, `commits ${variant}`)
    return {
      contestant,
      async turn() {
        rmSync(file, { force: true })
        await place.kafka.admin.groups.delete([app])
        const start = (): Runner => runOurs(place, contestant, file)
        const observed = await observe(place, start, { output: latencyOutput, ...options.latency })
        const seen = visibleAfter(timesIn(file), observed.arrivals)
        visible.push({ variant, p50: seen.quantile(0.5), p99: seen.quantile(0.99) })
        return turnOf(observed)
      },
    }
  })
}

function peerPlayers(contest: Contest): Player[] {
  const { place, options } = contest
  return peersOf(contest, latencyWork).map(({ peer, threads }) => {
    const output = outputTopic(peer.name, latencyWork)
    return {
      contestant: { system: peer.name, version: peer.version, variant: peerVariant, threads },
      async turn() {
        const start = (): Runner => runPeer(place, peer, threads, output)
        return turnOf(await observe(place, start, { output, ...options.latency }))
      },
    }
  })
}

function turnOf({ records, seconds, cpuSeconds, peakRssBytes, latency }: Observed): Turn {
  return { records, seconds, cpuSeconds, peakRssBytes, latency }
}

/** Threads write into the same file: sorted. */
function timesIn(file: string): number[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  return lines.map(Number).sort((one, other) => one - other)
}

function figuresOf(visible: readonly Visible[]): Figure[] {
  const variants = [...new Set(visible.map(({ variant }) => variant))]
  return variants.flatMap((variant) => {
    const own = visible.filter((one) => one.variant === variant)
    return (['p50', 'p99'] as const).map((share) => ({
      work: latencyWork,
      what: `${variant}: from the end of a commit to the arrival of its records, ${share}`,
      value: median(own.map((one) => one[share])),
      unit: 'ms',
    }))
  })
}
