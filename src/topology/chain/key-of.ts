import { MillraceError } from '../../faults.ts'
import type { Serde } from '../../serde/serde.ts'

/** The key's serde of a stream of which all records of a key are in one task. @throws MillraceError MR4004 */
export function keySerdeOf(step: string, { keySerde }: { readonly keySerde: Serde<unknown> | null }): Serde<unknown> {
  if (keySerde !== null) return keySerde
  throw new MillraceError('fatal', {
    code: 'MR4004',
    what: `The step ${step} has no key`,
    why: 'records of one key may be in several tasks here: their key is null, was changed, or streams were merged',
    fix: `put .keyBy('a-name', (value) => key) before it`,
  })
}
