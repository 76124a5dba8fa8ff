/**
 * Frames: a size, a header, a body. Requests and responses of every API and version, encoded and decoded by the plans
 * that `plan.ts` makes from the schema. Header forms: KIP-482.
 */
import { apis } from './apis/index.ts'
import { planOf } from './plan.ts'
import { Reader } from './reader.ts'
import type { Api, Decoded, Encodable, Request, RequestInput, Response, ResponseInput, Struct } from './schema.ts'
import type { Codec } from './shape-codec.ts'
import { WireError } from './wire-error.ts'
import { Writer } from './writer.ts'

export interface RequestHeader {
  readonly correlationId: number
  readonly clientId: string | null
}

export interface DecodedRequestHeader extends RequestHeader {
  readonly apiKey: number
  readonly apiVersion: number
  /** Where the body begins in the frame. */
  readonly bodyOffset: number
}

const apiVersionsKey = 18

/**
 * A whole request frame, its size in front.
 * @throws WireError `unknown-version`, `unsupported-field` when a value is given that the version cannot carry
 */
export function encodeRequest<A extends Api>(
  api: A,
  version: number,
  header: RequestHeader,
  body: RequestInput<A>,
): Buffer {
  return writeRequest(api, version, header, body).finish()
}

/** `encodeRequest` in pieces to be sent in order: large record sets and bytes are referred to, not copied. */
export function encodeRequestChunks<A extends Api>(
  api: A,
  version: number,
  header: RequestHeader,
  body: RequestInput<A>,
): Buffer[] {
  return writeRequest(api, version, header, body).chunks()
}

function writeRequest(api: Api, version: number, header: RequestHeader, body: unknown): Writer {
  const plan = bodyPlan(api, version, api.request)
  const out = new Writer()
  out.int32(0)
  out.int16(api.key)
  out.int16(version)
  out.int32(header.correlationId)
  writeClientId(out, header.clientId)
  if (isFlexible(api, version)) out.unsigned(0)
  plan.write(out, body)
  out.setFrameSize()
  return out
}

/** The client id has the classic form also in flexible headers. */
function writeClientId(out: Writer, clientId: string | null): void {
  const length = clientId === null ? -1 : Buffer.byteLength(clientId)
  out.int16(length)
  if (clientId !== null) out.text(clientId, length)
}

/**
 * The header of a request frame given without its size. A version above ours is not an error here, so that a broker
 * can answer it.
 * @throws WireError `unknown-api`, `truncated`
 */
export function decodeRequestHeader(frame: Buffer): DecodedRequestHeader {
  const from = new Reader(frame)
  const apiKey = from.int16()
  const apiVersion = from.int16()
  const correlationId = from.int32()
  const length = from.int16()
  const clientId = length === -1 ? null : from.text(length)
  const api = apis.get(apiKey)
  if (api === undefined) throw new WireError('unknown-api', `API key ${apiKey} is not known`)
  if (isFlexible(api, apiVersion)) skipTags(from)
  return { apiKey, apiVersion, correlationId, clientId, bodyOffset: from.position }
}

/** @throws WireError `unknown-version`, and whatever is wrong with the bytes */
export function decodeRequest<A extends Api>(api: A, version: number, frame: Buffer, bodyOffset: number): Request<A> {
  return bodyPlan(api, version, api.request).read(new Reader(frame, bodyOffset)) as Request<A>
}

/** A whole response frame, its size in front. @throws WireError like `encodeRequest` */
export function encodeResponse<A extends Api>(
  api: A,
  version: number,
  correlationId: number,
  body: ResponseInput<A>,
): Buffer {
  return writeResponse(api, version, correlationId, body).finish()
}

/** `encodeResponse` in pieces to be sent in order: large record sets and bytes are referred to, not copied. */
export function encodeResponseChunks<A extends Api>(
  api: A,
  version: number,
  correlationId: number,
  body: ResponseInput<A>,
): Buffer[] {
  return writeResponse(api, version, correlationId, body).chunks()
}

function writeResponse(api: Api, version: number, correlationId: number, body: unknown): Writer {
  const plan = bodyPlan(api, version, api.response)
  const out = new Writer()
  out.int32(0)
  out.int32(correlationId)
  if (hasResponseTags(api, version)) out.unsigned(0)
  plan.write(out, body)
  out.setFrameSize()
  return out
}

/** A response frame given without its size. @throws WireError `unknown-version`, and whatever is wrong with the bytes */
export function decodeResponse<A extends Api>(
  api: A,
  version: number,
  frame: Buffer,
): { readonly correlationId: number; readonly body: Response<A> } {
  const plan = bodyPlan(api, version, api.response)
  const from = new Reader(frame)
  const correlationId = from.int32()
  if (hasResponseTags(api, version)) skipTags(from)
  return { correlationId, body: plan.read(from) as Response<A> }
}

/** A struct on its own, without any frame: consumer protocol, values of internal topics. */
export function encodeStruct<S extends Struct>(
  type: S,
  version: number,
  flexible: boolean,
  value: Encodable<S>,
): Buffer {
  const out = new Writer()
  planOf(type, { version, flexible }).write(out, value)
  return out.finish()
}

/** The inverse of `encodeStruct`; bytes behind the struct are left alone. */
export function decodeStruct<S extends Struct>(type: S, version: number, flexible: boolean, bytes: Buffer): Decoded<S> {
  return planOf(type, { version, flexible }).read(new Reader(bytes)) as Decoded<S>
}

/** Whether lengths are compact and structs end with tagged fields. */
export function isFlexible(api: Api, version: number): boolean {
  return api.flexible !== 'none' && version >= api.flexible
}

/** The answer to ApiVersions never has them: who asks does not know yet what we speak (KIP-511). */
function hasResponseTags(api: Api, version: number): boolean {
  return isFlexible(api, version) && api.key !== apiVersionsKey
}

function bodyPlan(api: Api, version: number, struct: Struct): Codec {
  const [lowest, highest] = api.versions
  if (!Number.isInteger(version) || version < lowest || version > highest) {
    throw new WireError('unknown-version', `${api.name} has versions ${lowest} to ${highest}, not ${version}`)
  }
  return planOf(struct, { version, flexible: isFlexible(api, version) })
}

function skipTags(from: Reader): void {
  for (let left = from.unsigned(); left > 0; left--) {
    from.unsigned()
    from.slice(from.unsigned())
  }
}
