/** `millrace breaker …` and `millrace tasks …`: what operators do is a row of the audit topic, which workers follow. */
import { systemClock } from '../../clock.ts'
import { type AuditRow, appendAudit } from '../../dead-letters/index.ts'
import { safeJson } from '../print/safe-json.ts'
import { safeLine } from '../print/untrusted.ts'
import { schemaVersion } from '../store/print.ts'
import { withKafka } from '../topics/client.ts'
import { checkTarget, type OperatorAction } from './operated.ts'
import { whoIsThere } from './who.ts'

/** The flags, parsed. */
export interface OperateFlags {
  readonly brokers?: readonly string[]
  readonly who?: string
  readonly json: boolean
}

/** Says it, and prints the row. @throws MillraceError MR1003 where the topology has no such breaker or task */
export async function operateCommand(
  action: OperatorAction,
  app: string,
  target: string,
  { brokers, who = whoIsThere(), json }: OperateFlags,
): Promise<void> {
  const at = new Date(systemClock.now()).toISOString()
  const row: AuditRow = { at, who, action, target, detail: {} }
  await withKafka(brokers, async (kafka) => {
    await checkTarget(kafka, app, action, target)
    await appendAudit(kafka, app, row)
  })
  if (json) console.log(safeJson({ schemaVersion, app, ...row }))
  else console.log(safeLine(`${action} ${target}: the workers of ${app} were told, by ${who} at ${at}`))
}
