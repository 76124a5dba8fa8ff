/** A redrive whose process is killed again and again, wherever it happens to be. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { type Random, randomInteger } from '../../../src/random.ts'
import type { MovesWorld } from './moves-world.ts'

const child = fileURLToPath(new URL('redrive-child.ts', import.meta.url))

export interface Killing {
  readonly world: MovesWorld
  readonly brokers: string
  readonly letters: number
  readonly kills: number
  readonly random: Random
}

/** Nothing is lost and nothing doubled; the order of a partition is kept. */
export async function redriveUnderKills({ world, brokers, letters, kills, random }: Killing): Promise<void> {
  await world.put(
    Array.from({ length: letters }, (_, offset) => ({ key: `k${offset % 97}`, offset, partition: offset % 2 })),
  )
  let job: string | undefined
  let killed = 0
  for (let isEnded = false; !isEnded; ) {
    const words = [brokers, world.queue, JSON.stringify(world.description), ...(job === undefined ? [] : [job])]
    const running = spawn(process.execPath, [child, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
    const seen = await watch(running, killed < kills ? randomInteger(random, 1, 3) : Number.POSITIVE_INFINITY)
    job ??= seen.job
    isEnded = seen.isEnded
    if (!isEnded) killed++
  }
  expect(killed).toBeGreaterThanOrEqual(Math.min(kills, 2))
  const [even, odd] = [await world.redriven(0), await world.redriven(1)]
  expect(even).toEqual(Array.from({ length: letters / 2 }, (_, place) => place * 2))
  expect(odd).toEqual(Array.from({ length: letters / 2 }, (_, place) => place * 2 + 1))
}

/** Kills the process once it has said so often how far it is: the next transaction is on its way then. */
async function watch(running: ChildProcess, patience: number): Promise<{ job: string | undefined; isEnded: boolean }> {
  let job: string | undefined
  let [isEnded, said] = [false, 0]
  const closed = once(running, 'close')
  for await (const line of createInterface({ input: running.stdout! })) {
    if (line.startsWith('ended')) isEnded = true
    else job ??= line.split(' ')[0]
    if (++said >= patience) running.kill('SIGKILL')
  }
  const [code, signal] = (await closed) as [number | null, string | null]
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`the redrive ended with ${code}`)
  return { job, isEnded }
}
