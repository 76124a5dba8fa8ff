/** The progress bar: how far the workers' committed positions are. Only on a terminal. */

import { type Kafka, partitionsOf } from '../../scripts/tools/client.ts'
import { systemClock, type Timer } from '../../scripts/tools/world.ts'
import { flights, flightsByHour } from './topology.ts'

const width = 30
const everyMilliseconds = 250
const clearLine = '\r\u001b[2K'

/** Flights, and the records planted between them. */
const total = 336_776 + 21

export interface Progress {
  /** Says how many flights were produced so far. */
  sent(flights: number): void
  /** Clears the bar. */
  stop(): void
}

/** Draws the bar on stderr until it is stopped; does nothing where stderr is no terminal. */
export function showProgress(kafka: Kafka): Progress {
  let sent = 0
  let timer: Timer | null = null
  let stopped = !process.stderr.isTTY
  const progress: Progress = {
    sent(flights) {
      sent = flights
    },
    stop() {
      if (!stopped) process.stderr.write(clearLine)
      stopped = true
      timer?.cancel()
    },
  }
  const draw = async (): Promise<void> => {
    const done = await committedFlights(kafka)
    if (stopped) return
    process.stderr.write(clearLine + line(sent, done))
    next()
  }
  const next = (): void => {
    timer = systemClock.after(everyMilliseconds, () => {
      // A broker that is closing down ends the bar, not the demo.
      draw().catch(() => progress.stop())
    })
  }
  if (!stopped) next()
  return progress
}

/** Source records that are settled by a commit. */
async function committedFlights(kafka: Kafka): Promise<number> {
  const positions = await kafka.positions(flightsByHour.name, await partitionsOf(kafka, flights.name))
  return positions.reduce((sum, { offset }) => sum + Math.max(0, offset), 0)
}

function line(sent: number, done: number): string {
  const filled = Math.min(width, Math.round((done / total) * width))
  const bar = '█'.repeat(filled) + '░'.repeat(width - filled)
  return `${bar} ${done.toLocaleString('en')} of ${total.toLocaleString('en')} committed, lag ${Math.max(0, sent - done).toLocaleString('en')}`
}
