/**
 * SaslHandshake, where it comes too late or there is nothing to authenticate for: the connection's gate
 * (`sasl/gate.ts`) answers all others.
 */
import { SaslHandshake } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import { type AnyHandler, handler } from '../handler.ts'

export const saslHandshake: AnyHandler = handler({
  api: SaslHandshake,
  execute: () => ({ errorCode: errorCode.ILLEGAL_SASL_STATE, mechanisms: [] }),
  refuse: (_, code) => ({ errorCode: code, mechanisms: [] }),
})
