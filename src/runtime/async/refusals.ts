/** The open transaction must be taken back and worked again: a record in it turned out to be bad, or has to wait. */
export class RewindRequest extends Error {
  override readonly name = 'RewindRequest'

  constructor(cause: unknown) {
    super('a record that had left traces was rejected', { cause })
  }
}
