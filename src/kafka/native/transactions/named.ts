/** What has become part of a transaction, as far as its coordinator may know. */
import { KafkaError } from '../../port.ts'
import { isUnsent } from '../errors.ts'
import { isConcurrent } from './transaction-requests.ts'

/** What the coordinator may take for part of one transaction. */
export interface Named {
  /** There is something to end. */
  isAny: boolean
  readonly groups: Set<string>
}

export function nothingNamed(): Named {
  return { isAny: false, groups: new Set() }
}

/** Also a commit that is refused may have become part of the transaction: brokers enlist first and check then. */
export async function watched(commit: () => Promise<void>, named: Named): Promise<void> {
  try {
    await commit()
    named.isAny = true
  } catch (error) {
    const isCertain = error instanceof KafkaError && (isConcurrent(error) || isUnsent(error))
    named.isAny ||= !isCertain
    throw error
  }
}
