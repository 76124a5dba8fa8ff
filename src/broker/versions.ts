/** Error codes as older versions of a request know them. */
import { errorCode } from '../wire/errors.ts'

/** A fenced producer, told in the words of a version before the code was introduced. */
export function fencedCode(code: number, version: number, fencedFrom: number): number {
  return code === errorCode.PRODUCER_FENCED && version < fencedFrom ? errorCode.INVALID_PRODUCER_EPOCH : code
}
