/** What can be operated in a topology, by the description that its workers left: a slip of the pen would do nothing at all. */
import { MillraceError } from '../../faults.ts'
import { type GraphDescription, readDeployed } from '../../index.ts'
import type { Kafka } from '../../kafka/port.ts'

/** What workers carry out. */
export type OperatorAction = 'breaker.open' | 'breaker.close' | 'breaker.probe' | 'task.resume'

/** @throws MillraceError MR1003 when the topology that was started last has no such breaker or task */
export async function checkTarget(kafka: Kafka, app: string, action: OperatorAction, target: string): Promise<void> {
  const deployed = await readDeployed(kafka, app)
  if (deployed === null) return
  if (action === 'task.resume') checkTask(deployed, app, target)
  else checkBreaker(deployed, app, target)
}

function checkBreaker({ subTopologies }: GraphDescription, app: string, target: string): void {
  const names = subTopologies.flatMap(({ nodes }) => nodes.flatMap(({ settings }) => breakersIn(settings.onFailure)))
  if (names.includes(target)) return
  throw unknown(`The topology ${app} has no breaker ${target}`, names)
}

function breakersIn(onFailure: unknown): string[] {
  const policies = (onFailure ?? []) as readonly { readonly kind: string; readonly name?: string }[]
  return policies.flatMap(({ kind, name }) => (kind === 'breaker' && name !== undefined ? [name] : []))
}

/** How many partitions there are only the workers know. */
function checkTask({ subTopologies }: GraphDescription, app: string, target: string): void {
  const names = subTopologies.flatMap(({ sources }) => sources.slice(0, 1).map(({ topic }) => topic))
  const [, name] = /^(.*)-\d+$/.exec(target) ?? []
  if (name !== undefined && names.includes(name)) return
  throw unknown(
    `The topology ${app} has no task ${target}`,
    names.map((each) => `${each}-0`),
  )
}

function unknown(what: string, names: readonly string[]): MillraceError {
  const known = [...new Set(names)].join(', ')
  const fix = names.length === 0 ? 'Correct the name of the topology' : `Correct the name, such as: ${known}`
  return new MillraceError('fatal', { code: 'MR1003', what, fix })
}
