/** Says on stderr how each turn went, as soon as it is over. */
import type { Watcher } from './rounds.ts'
import { nameOf } from './turn.ts'

/** @example await playRounds(players, 2, tellTurns('map')) */
export function tellTurns(work: string): Watcher {
  return (contestant, turn) => {
    const name = `${work}: ${nameOf(contestant)}`
    if (turn instanceof Error) return console.error(`${name} failed: ${turn.message}`)
    const rate = Math.round(turn.records / turn.seconds).toLocaleString('en')
    const latency = turn.latency === undefined ? '' : `, p50 ${turn.latency.p50} ms, p99 ${turn.latency.p99} ms`
    console.error(`${name}: ${rate} records/s, ${turn.cpuSeconds.toFixed(1)} s of CPU time${latency}`)
  }
}
