/** Plants a bug and waits for a seed to fail; the same seed has to pass without the bug. */
import type { Copy } from '../must-fail/copy.ts'
import type { Canary, Verdict } from './canary.ts'
import { type Failed, search } from './search.ts'

/** Told what became of a canary. */
export type Say = (remark: string) => void

/** @param seeds how many are tried, from 1 on */
export async function catchCanary(copy: Copy, canary: Canary, seeds: number, say: Say): Promise<Verdict> {
  const { name, world } = canary
  for (let from = 1; from <= seeds; from++) {
    const failed = await searchPlanted(copy, canary, from, seeds)
    if (failed === null) break
    const whole = await search(copy.folder, world, failed.seed, failed.seed)
    from = failed.seed
    if (whole === null) {
      say(`caught  ${name}  at seed ${from} of ${world}\n    ${failed.failures[0]}`)
      return { canary: name, caughtAtSeed: from }
    }
    say(`seed ${from} of ${world} fails without any bug, and proves nothing\n    ${whole.failures[0]}`)
  }
  say(`NOT CAUGHT  ${name}  in ${seeds} seeds of ${world}`)
  return { canary: name, caughtAtSeed: null }
}

/** @throws Error when the patch does not apply any more: then nothing is planted */
async function searchPlanted(
  copy: Copy,
  { patches, world }: Canary,
  from: number,
  until: number,
): Promise<Failed | null> {
  const undo = copy.apply(patches)
  try {
    return await search(copy.folder, world, from, until)
  } finally {
    undo()
  }
}
