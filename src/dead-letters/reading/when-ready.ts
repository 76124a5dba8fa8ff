/** Decoding that may have to wait for a schema. */
import { findNotReady } from '../../serde/not-ready.ts'

const mostWaits = 5

/**
 * Does the work again once what it lacked is there.
 * @throws whatever the work throws; what a serde says of a schema that does not come
 */
export async function whenReady<T>(work: () => T): Promise<T> {
  for (let waits = 0; ; waits++) {
    try {
      return work()
    } catch (error) {
      const notReady = findNotReady(error)
      if (notReady === undefined || waits === mostWaits) throw notReady?.overdue ?? error
      await notReady.ready
    }
  }
}
