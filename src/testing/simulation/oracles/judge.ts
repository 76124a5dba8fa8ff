/** All judges over one history. */
import type { Finding, History, Oracle } from '../history.ts'
import { audit } from './audit.ts'
import { brokerLog } from './broker-log.ts'
import { changelog } from './changelog.ts'
import { conservation } from './conservation.ts'
import { effects } from './effects.ts'
import { ledger } from './ledger.ts'
import { letters } from './letters.ts'
import { moments } from './moments.ts'
import { positions } from './positions.ts'
import { reference } from './reference.ts'
import { watermark } from './watermark.ts'

/** Cheap ones first; effects before those that call the user's handlers again. */
const oracles: readonly Oracle[] = [
  effects,
  audit,
  positions,
  brokerLog,
  changelog,
  watermark,
  moments,
  letters,
  conservation,
  ledger,
  reference,
]

/**
 * What is wrong with a run; empty where nothing is.
 * @example const failures = judge(history)
 */
export function judge(history: History): readonly Finding[] {
  return oracles.flatMap((oracle) => oracle(history))
}
