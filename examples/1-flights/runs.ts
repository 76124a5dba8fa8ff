/** The three ways to run the demo. Each resolves when all flights are in Kafka and the workers have come to their end. */
import type { Kafka } from '../../scripts/tools/client.ts'
import type { Chaos } from './chaos.ts'
import { type Produced, produceFlights } from './produce.ts'
import type { Crew } from './workers.ts'

/** What a run works with. */
export interface Stage {
  readonly kafka: Kafka
  readonly crew: Crew
  readonly chaos: Chaos
  /** Called with the number of flights sent so far. */
  readonly onProgress: (sent: number) => void
}

/** 336,776 flights take 30.6 s. */
const chaosRate = 11_000
/** 336,776 flights take 15.3 s. */
const pacedRate = 22_000

/** Produces all flights, then lets the workers run to their end. */
export async function plainRun({ kafka, crew, onProgress }: Stage): Promise<Produced> {
  const produced = await produceFlights(kafka, { onProgress })
  crew.start('bounded')
  await crew.finished
  return produced
}

/**
 * The workers run while the flights come in. Time crosses the repartition topic with each commit: when a year passes in
 * three seconds, a commit holds weeks, and a flight that is late within them finds its hour still open.
 */
export async function pacedRun({ kafka, crew, onProgress }: Stage): Promise<Produced> {
  crew.start('unbounded')
  const produced = await produceFlights(kafka, { rate: pacedRate, onProgress })
  await crew.stop()
  crew.start('bounded')
  await crew.finished
  return produced
}

/** Workers die and return while the flights come in, and go on dying until they are through. */
export async function chaosRun({ kafka, crew, chaos, onProgress }: Stage): Promise<Produced> {
  crew.start('unbounded')
  let through = false
  const flightsIn = produceFlights(kafka, { rate: chaosRate, onProgress }).finally(() => {
    through = true
  })
  const [produced] = await Promise.all([flightsIn, chaos.rage('unbounded', () => through)])
  await chaos.strikeAll()
  await chaos.rage('bounded', () => crew.isFinished)
  return produced
}
