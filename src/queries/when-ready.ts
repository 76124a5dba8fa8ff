/** Values whose schemas are still being fetched. */
import { findNotReady } from '../serde/not-ready.ts'

/** Reads again once the schemas that are missed have come. */
export async function whenReady<T>(read: () => T): Promise<T> {
  for (;;) {
    try {
      return read()
    } catch (error) {
      const notReady = findNotReady(error)
      if (notReady === undefined) throw error
      await notReady.ready
    }
  }
}
