/** What a redrive would do, and what it did, for people and for programs. */
import type { PassedOver, RedrivePlan, RedriveResult } from '../../dead-letters/index.ts'
import { grouped } from '../print/grouped.ts'
import { printTable } from '../print/table.ts'
import { outputOf } from './flags.ts'
import type { MoveFlags } from './move-flags.ts'
import { printFields, printJson, sayNothingWritten } from './print.ts'

/** Letters that are listed for people; JSON has all. */
const mostListed = 20

export function printPlan(plan: RedrivePlan, flags: MoveFlags): void {
  if (outputOf(flags) === 'json') {
    printJson({ dryRun: true, ...plan, passedOver: plan.passedOver.map(plain) })
    return
  }
  printFields({
    'would be moved': `${grouped(plan.selected)} of ${plan.queue}`,
    ...Object.fromEntries(Object.entries(plan.targets).map(([topic, count]) => [`to ${topic}`, grouped(count)])),
    'keys whose order may change': grouped(plan.keysWhoseOrderMayChange),
    'passed over': grouped(plan.passedOver.length),
  })
  if (plan.groups.length > 0) {
    const rows = plan.groups.map(({ fingerprint, count, stage, node, code, error }) => {
      return [fingerprint, grouped(count), stage ?? '', node ?? '', code ?? '', error ?? '']
    })
    printTable(['FINGERPRINT', 'COUNT', 'STAGE', 'NODE', 'CODE', 'ERROR'], rows)
  }
  printPassedOver(plan.passedOver)
  sayNothingWritten()
}

/** Exit code 10 where something that was selected was not moved. */
export function printResult(result: RedriveResult, flags: MoveFlags): void {
  const { job, state, moved, selected, passedOver, isUnfinished } = result
  if (passedOver.length > 0 || isUnfinished || state !== 'done') process.exitCode = 10
  if (outputOf(flags) === 'json') {
    printJson({ dryRun: false, ...result, passedOver: passedOver.map(plain) })
    return
  }
  printFields({
    job,
    state,
    moved: `${grouped(moved)} of ${grouped(selected)}`,
    'passed over': passedOver.length || null,
  })
  printPassedOver(passedOver)
  if (state === 'stopped') console.error(`Go on with: millrace dlq redrive resume ${job}`)
  if (isUnfinished)
    console.error('No worker took what was moved: redrive again when one runs, for keys that are parked.')
}

function printPassedOver(letters: readonly PassedOver[]): void {
  if (letters.length === 0) return
  const rows = letters.slice(0, mostListed).map(({ partition, offset, reason, note }) => {
    return [`${partition}/${offset}`, reason, note]
  })
  printTable(['PASSED OVER', 'REASON', ''], rows)
  if (letters.length > mostListed) console.log(`and ${grouped(letters.length - mostListed)} more: -o json lists all`)
}

function plain({ offset, ...letter }: PassedOver): object {
  return { ...letter, offset: String(offset) }
}
