/** What is wrong with bytes that were read, or with a value that was to be written. Closed. */
export type WireErrorReason =
  | 'truncated'
  | 'invalid-length'
  | 'invalid-value'
  | 'out-of-range'
  | 'unknown-api'
  | 'unknown-version'
  | 'unsupported-field'
  | 'unsupported-magic'
  | 'unsupported-compression'
  | 'corrupt'
  | 'too-large'

/** The bytes are not Kafka's protocol, or the value cannot be said in it. Repeating does not help. */
export class WireError extends Error {
  override readonly name = 'WireError'
  readonly reason: WireErrorReason

  constructor(reason: WireErrorReason, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.reason = reason
  }
}
