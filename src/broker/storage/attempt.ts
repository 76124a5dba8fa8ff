/** What a handler says when the disk refuses. */
import { errorCode } from '../../wire/errors.ts'
import { StorageFault } from './segment-bytes.ts'

/**
 * Does what writes; gives KAFKA_STORAGE_ERROR when it could not be done, and then nothing has changed.
 * @example const code = attempt(() => topics.grow(topic, 6))
 */
export function attempt(work: () => void): number {
  try {
    work()
    return errorCode.NONE
  } catch (error) {
    if (error instanceof StorageFault) return errorCode.KAFKA_STORAGE_ERROR
    throw error
  }
}
