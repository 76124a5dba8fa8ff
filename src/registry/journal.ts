/** Where the registry writes before it answers. */
import { entryOf, type JournalRecord } from './records.ts'
import type { State } from './state.ts'

/** What is to be written, and what to answer once it can be read. */
export interface Decision<T> {
  readonly records: readonly JournalRecord[]
  readonly answer: T
}

export interface Journal {
  /** What has been read back: every answer comes from here. */
  readonly state: State
  /**
   * Decides on a state that no other writer can be ahead of, writes, and answers when the state has what was written.
   * Where another writer came in between, it decides anew. What `decide` throws is thrown.
   */
  write<T>(decide: (state: State) => Decision<T>): Promise<T>
  close(): Promise<void>
}

/** A registry that lives as long as its process. */
export function memoryJournal(state: State): Journal {
  return {
    state,
    async write(decide) {
      const { records, answer } = decide(state)
      for (const record of records) applyRecord(state, record.key, record.value)
      return answer
    },
    close: async () => undefined,
  }
}

/** Takes up one record. @returns false for what can't be read */
export function applyRecord(state: State, key: string, value: string | null): boolean {
  try {
    const entry = entryOf(key, value)
    if (entry !== null) state.apply(entry)
    return true
  } catch {
    return false
  }
}
