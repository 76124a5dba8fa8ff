/** Brings letters back by hand, as a redrive does: into the topic that their sub-topology reads again. */
import { type Reentry, reentryHeaders } from '../../../src/runtime/reentry/headers.ts'
import type { Flow } from '../../../src/testing/drive.ts'
import type { MemoryLog } from '../../../src/testing/memory-log.ts'
import { topicNames } from '../../../src/topology/graph.ts'
import { BatchBuilder } from '../../../src/wire/batch.ts'

export interface Letter {
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly time: number
  readonly headers: Readonly<Record<string, string>>
}

interface Insides {
  readonly log: MemoryLog
  /** Another one after a crash. */
  readonly engine: { settle(): void }
  survive(work: () => void): void
}

export function placeOf({ headers }: Letter): { topic: string; partition: number; offset: number } {
  const said = (name: string): string => headers[`__streams.errors.${name}`]!
  return { topic: said('topic'), partition: Number(said('partition')), offset: Number(said('offset')) }
}

/** A letter as a redrive moves it. */
export function movedLetter(letter: Letter, job: string, more: Partial<Reentry> = {}): BatchBuilder {
  const place = placeOf(letter)
  const builder = new BatchBuilder(256)
  const headers = reentryHeaders({
    ...place,
    timestampType: 'CreateTime',
    attempts: 1,
    firstFailedAt: 0,
    hops: 0,
    dueAt: 0,
    redriveCount: 1,
    job,
    ...more,
  })
  builder.append(letter.time, letter.key, letter.value, headers)
  return builder
}

/** @param letters in the order in which they come back */
export function redrive(flow: Flow, app: string, letters: readonly Letter[], more: Partial<Reentry> = {}): void {
  const insides = flow as unknown as Insides
  for (const letter of letters) {
    const { topic, partition } = placeOf(letter)
    insides.log.append({ topic: topicNames.redrive(app, topic), partition }, movedLetter(letter, 'job', more).build({}))
  }
  insides.survive(() => insides.engine.settle())
}
