/** What a handler is: the file of one API in `handlers/`. */
import type { Api, Request, ResponseInput, Struct } from '../wire/schema.ts'
import type { Broker } from './broker.ts'

/** Who asks. */
export interface Caller {
  /** The node that was asked. */
  readonly node: number
  readonly clientId: string
  readonly host: string
  /** Version of the request. */
  readonly version: number
  /** Aborted when the connection ends. */
  readonly signal: AbortSignal
}

export interface Handler<A extends Api> {
  readonly api: A
  /** What ApiVersions tells, when that differs from what is served. */
  readonly advertised?: readonly [number, number]
  /** null: the client wants no answer. */
  execute(
    request: Request<A>,
    broker: Broker,
    caller: Caller,
  ): ResponseInput<A> | null | Promise<ResponseInput<A> | null>
  /** The answer in which everything asked for is refused with that code. */
  refuse(request: Request<A>, errorCode: number): ResponseInput<A>
}

export type AnyHandler = Handler<Api<Struct, Struct>>

/** Forgets which API a handler serves: who dispatches pairs each with requests of its own API only. */
export function handler<A extends Api>(handler: Handler<A>): AnyHandler {
  return handler as unknown as AnyHandler
}
