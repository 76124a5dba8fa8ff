import { MillraceError } from '../faults.ts'

/** The size of a repartition topic; null: as many as upstream has tasks. @throws MillraceError MR1003 */
export function checkPartitions(name: string, partitions: number | undefined): number | null {
  if (partitions === undefined) return null
  if (Number.isSafeInteger(partitions) && partitions > 0) return partitions
  throw new MillraceError('fatal', { code: 'MR1003', what: `keyBy ${name} can't have ${partitions} partitions` })
}
