/** In which version an answer is written: that of the question, with one exception. */
import { ApiVersions } from '../../../wire/apis/18-api-versions.ts'
import { errorCode } from '../../../wire/errors.ts'
import type { Api } from '../../../wire/schema.ts'

/** The error code of ApiVersions stands right behind the correlation id, in every version. */
const errorCodeOffset = 4

/** A broker that does not know the version of ApiVersions it is asked in answers in version 0 (KIP-511). */
export function replyVersion(api: Api, asked: number, frame: Buffer): number {
  if (api.key !== ApiVersions.key || frame.length < errorCodeOffset + 2) return asked
  return frame.readInt16BE(errorCodeOffset) === errorCode.UNSUPPORTED_VERSION ? 0 : asked
}
