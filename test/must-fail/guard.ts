/** A guard of exactly-once, how to take it away, and the test that must notice. */

export interface Patch {
  /** From the root of the repository. */
  readonly file: string
  /** Stands in the file exactly once. */
  readonly find: string
  readonly replace: string
}

export interface Guard {
  /** In the words of the list of must-fail tests. */
  readonly name: string
  /** What the guard is, where it is taken away. */
  readonly patches: readonly Patch[]
  /** The test that has to fail: its file, and its whole name as vitest prints it: `suite > test`. */
  readonly test: { readonly file: string; readonly name: string; readonly project?: 'millrace' | 'apache-kafka' }
}

export interface Verdict {
  readonly guard: string
  readonly caughtBy: string
  readonly caught: boolean
}
