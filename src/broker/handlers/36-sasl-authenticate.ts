/**
 * SaslAuthenticate, where nobody asked for it: the connection's gate (`sasl/gate.ts`) answers all others.
 */
import { SaslAuthenticate } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import { type AnyHandler, handler } from '../handler.ts'

const tooLate = 'SaslAuthenticate request received after successful authentication'

export const saslAuthenticate: AnyHandler = handler({
  api: SaslAuthenticate,
  execute: () => refused(errorCode.ILLEGAL_SASL_STATE, tooLate),
  refuse: (_, code) => refused(code, null),
})

function refused(code: number, errorMessage: string | null) {
  return { errorCode: code, errorMessage, authBytes: Buffer.alloc(0) }
}
