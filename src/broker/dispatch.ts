/** From a request's frame to the frames of its answer: version check, faults on request, handler. */
import {
  type DecodedRequestHeader,
  decodeRequest,
  decodeRequestHeader,
  encodeResponse,
  encodeResponseChunks,
} from '../wire/codec.ts'
import { errorCode } from '../wire/errors.ts'
import { Field, type Shape } from '../wire/schema.ts'
import { WireError } from '../wire/wire-error.ts'
import type { Broker } from './broker.ts'
import type { FaultAction } from './faults.ts'
import type { AnyHandler, Caller } from './handler.ts'
import { apiVersions, handlers } from './handlers/index.ts'
import { seenRequest } from './seen.ts'
import { StorageFault } from './storage/segment-bytes.ts'

/**
 * `close`: the connection ends · `none`: the client wants no answer, or is not to get one · `last`: what is said before
 * the connection ends.
 */
export type Answer = readonly Buffer[] | { readonly last: readonly Buffer[] } | 'close' | 'none'

type Body = Parameters<AnyHandler['refuse']>[0]
type Response = ReturnType<AnyHandler['refuse']>

/** The connection that a request came by. */
export interface Asker extends Pick<Caller, 'node' | 'host' | 'signal'> {
  /** Reads nothing more from it for a while. */
  mute(milliseconds: number): void
}

interface Work {
  readonly handler: AnyHandler
  readonly header: DecodedRequestHeader
  readonly body: Body
  readonly broker: Broker
  readonly caller: Caller
  readonly asker: Asker
}

/** Executes one request. What is not a request that is served ends the connection, as Kafka does. */
export function dispatch(frame: Buffer, broker: Broker, asker: Asker): Answer | Promise<Answer> {
  const work = read(frame, broker, asker)
  if (work === null) return 'close'
  const { header, handler } = work
  if (!isServed(header, handler)) return unknownVersion(handler, header)
  return broker.faults.isQuiet ? execute(work) : executeUnderFaults(work)
}

/** null when the frame is not a request. A version that is not served leaves the body empty. */
function read(frame: Buffer, broker: Broker, asker: Asker): Work | null {
  try {
    const header = decodeRequestHeader(frame)
    const handler = handlers.get(header.apiKey)
    if (handler === undefined) return null
    const { apiVersion, bodyOffset, clientId } = header
    const body = isServed(header, handler) ? decodeRequest(handler.api, apiVersion, frame, bodyOffset) : {}
    const { node, host, signal } = asker
    const caller = { node, host, signal, clientId: clientId ?? '', version: apiVersion }
    return { handler, header, body, broker, caller, asker }
  } catch (error) {
    if (error instanceof WireError) return null
    throw error
  }
}

function isServed({ apiVersion }: DecodedRequestHeader, { api }: AnyHandler): boolean {
  const [lowest, highest] = api.versions
  return apiVersion >= lowest && apiVersion <= highest
}

/** Who asks in a version that is too new learns which there are; any other request of the kind is a mistake. */
function unknownVersion(handler: AnyHandler, { correlationId }: DecodedRequestHeader): Answer {
  if (handler !== apiVersions) return 'close'
  return [encodeResponse(handler.api, 0, correlationId, handler.refuse({}, errorCode.UNSUPPORTED_VERSION))]
}

/** Executes the request and lets those who watch see what came of it. */
function execute(work: Work): Answer | Promise<Answer> {
  const response = respond(work)
  return response instanceof Promise ? response.then((value) => answer(work, value)) : answer(work, response)
}

function respond(work: Work): Response | null | Promise<Response | null> {
  try {
    const response = work.handler.execute(work.body, work.broker, work.caller)
    if (!(response instanceof Promise)) return response
    return response.catch((error: unknown) => refusedByDisk(work, error))
  } catch (error) {
    return refusedByDisk(work, error)
  }
}

/** A disk that refuses is told to the client; any other error is a mistake of the broker. */
function refusedByDisk({ handler, body }: Work, error: unknown): Response {
  if (error instanceof StorageFault) return handler.refuse(body, errorCode.KAFKA_STORAGE_ERROR)
  throw error
}

function answer(work: Work, response: Response | null, executed = true): Answer {
  const { handler, header, broker, body, caller } = work
  if (broker.observers.size > 0) {
    const exchange = { api: handler.api.name, caller, request: body, response, executed }
    for (const observe of broker.observers) observe(exchange)
  }
  if (response === null) return 'none'
  return encodeResponseChunks(handler.api, header.apiVersion, header.correlationId, response)
}

async function executeUnderFaults(work: Work): Promise<Answer> {
  const { handler, broker, body, caller } = work
  for (const action of broker.faults.due(seenRequest(handler.api.name, caller, body, broker))) {
    const answer = await apply(action, work)
    if (answer !== null) return answer
  }
  return execute(work)
}

/** null: the request goes on. */
async function apply(action: FaultAction, work: Work): Promise<Answer | null> {
  switch (action.kind) {
    case 'error':
      return answer(work, work.handler.refuse(work.body, action.code), false)
    case 'drop':
      answer(work, null, false)
      return 'none'
    case 'closeBefore':
      answer(work, null, false)
      return 'close'
    case 'closeAfter':
      await execute(work)
      return 'close'
    case 'duplicate': {
      const first = await execute(work)
      await execute(work)
      return first
    }
    case 'throttle':
      return await throttled(work, action.milliseconds)
    case 'delay':
      await new Promise<void>((resolve) => work.broker.timers.after(action.milliseconds, resolve))
      return null
    case 'hold':
      await action.until
      return null
  }
}

/** Executes the request, says how long the client has to wait, and does not listen to it meanwhile (KIP-219). */
async function throttled(work: Work, milliseconds: number): Promise<Answer> {
  const { handler, header } = work
  const response = await respond(work)
  work.asker.mute(milliseconds)
  const isTold = response !== null && carries(handler.api.response.throttleTimeMs, header.apiVersion)
  return answer(work, isTold ? { ...response, throttleTimeMs: milliseconds } : response)
}

function carries(field: Shape | Field<unknown> | undefined, version: number): boolean {
  if (field === undefined) return false
  return !(field instanceof Field) || (version >= field.from && version <= field.to)
}
