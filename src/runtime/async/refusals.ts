export interface Refusal {
  readonly error: unknown
  /** Index of the node to blame. */
  readonly node: number
}

/**
 * Records that failed after they had left traces, which later records may have built upon. The transaction is taken back
 * and read again; then they are refused before they do anything. Forgotten once that is committed.
 */
export class Refusals {
  /** Of a record whose traces the open transaction holds; null where it holds none. */
  pending: RewindRequest | null = null
  private readonly byInput = new Map<number, Map<number, Refusal>>()

  add(input: number, offset: number, refusal: Refusal): void {
    const offsets = this.byInput.get(input) ?? new Map<number, Refusal>()
    this.byInput.set(input, offsets.set(offset, refusal))
    this.pending ??= new RewindRequest(refusal.error)
  }

  /** The transaction is taken back. */
  rewound(): void {
    this.pending = null
  }

  find(input: number, offset: number): Refusal | undefined {
    return this.byInput.get(input)?.get(offset)
  }

  /** Everything before `position` of an input is committed. */
  committed(input: number, position: number): void {
    const offsets = this.byInput.get(input)
    if (offsets === undefined) return
    for (const offset of offsets.keys()) if (offset < position) offsets.delete(offset)
    if (offsets.size === 0) this.byInput.delete(input)
  }
}

/** The open transaction must be taken back and worked again: a record in it turned out to be bad. */
export class RewindRequest extends Error {
  override readonly name = 'RewindRequest'

  constructor(cause: unknown) {
    super('a record that had left traces was rejected', { cause })
  }
}
