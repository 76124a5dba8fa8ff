/** From a request's frame to the frames of its answer: version check, faults on request, handler. */
import {
  type DecodedRequestHeader,
  decodeRequest,
  decodeRequestHeader,
  encodeResponse,
  encodeResponseChunks,
} from '../wire/codec.ts'
import { errorCode } from '../wire/errors.ts'
import { WireError } from '../wire/wire-error.ts'
import type { Broker } from './broker.ts'
import type { FaultAction } from './faults.ts'
import type { AnyHandler, Caller } from './handler.ts'
import { apiVersions, handlers } from './handlers/index.ts'
import { seenRequest } from './seen.ts'

/** `close`: the connection ends · `none`: the client wants no answer, or is not to get one. */
export type Answer = readonly Buffer[] | 'close' | 'none'

type Body = Parameters<AnyHandler['refuse']>[0]
type Response = ReturnType<AnyHandler['refuse']>

interface Work {
  readonly handler: AnyHandler
  readonly header: DecodedRequestHeader
  readonly body: Body
  readonly broker: Broker
  readonly caller: Caller
}

/** Executes one request. What is not a request that is served ends the connection, as Kafka does. */
export function dispatch(
  frame: Buffer,
  broker: Broker,
  connection: Pick<Caller, 'node' | 'host' | 'signal'>,
): Answer | Promise<Answer> {
  const work = read(frame, broker, connection)
  if (work === null) return 'close'
  const { header, handler } = work
  if (!isServed(header, handler)) return unknownVersion(handler, header)
  return broker.faults.isQuiet ? execute(work) : executeUnderFaults(work)
}

/** null when the frame is not a request. A version that is not served leaves the body empty. */
function read(frame: Buffer, broker: Broker, connection: Pick<Caller, 'node' | 'host' | 'signal'>): Work | null {
  try {
    const header = decodeRequestHeader(frame)
    const handler = handlers.get(header.apiKey)
    if (handler === undefined) return null
    const { apiVersion, bodyOffset, clientId } = header
    const body = isServed(header, handler) ? decodeRequest(handler.api, apiVersion, frame, bodyOffset) : {}
    return { handler, header, body, broker, caller: { ...connection, clientId: clientId ?? '', version: apiVersion } }
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

function execute(work: Work): Answer | Promise<Answer> {
  const response = work.handler.execute(work.body, work.broker, work.caller)
  return response instanceof Promise ? response.then((value) => encode(work, value)) : encode(work, response)
}

function encode({ handler, header }: Work, response: Response | null): Answer {
  if (response === null) return 'none'
  return encodeResponseChunks(handler.api, header.apiVersion, header.correlationId, response)
}

async function executeUnderFaults(work: Work): Promise<Answer> {
  const { handler, broker, body, caller } = work
  const seen = seenRequest(handler.api.name, caller, body, broker)
  for (let action = broker.faults.take(seen); action !== null; action = broker.faults.take(seen)) {
    const answer = await apply(action, work)
    if (answer !== null) return answer
  }
  return execute(work)
}

/** null: the request goes on. */
async function apply(action: FaultAction, work: Work): Promise<Answer | null> {
  switch (action.kind) {
    case 'error':
      return encode(work, work.handler.refuse(work.body, action.code))
    case 'drop':
      return 'none'
    case 'closeBefore':
      return 'close'
    case 'closeAfter':
      await execute(work)
      return 'close'
    case 'delay':
    case 'hold':
      await work.broker.faults.waitOut(action)
      return null
  }
}
