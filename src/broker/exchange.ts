/** One request and what came of it, for those who watch. */

/** Who asked, and how. */
export interface Asking {
  /** The node that was asked. */
  readonly node: number
  readonly clientId: string
  readonly version: number
}

export interface Exchange {
  readonly api: string
  readonly caller: Asking
  /** As decoded. Record sets in it are valid only while the observer is being told. */
  readonly request: Readonly<Record<string, unknown>>
  /** null: the client wanted no answer, or got none. */
  readonly response: Readonly<Record<string, unknown>> | null
  /** False where a fault kept the broker from executing it. */
  readonly executed: boolean
}
