/** Answers and refusals as HTTP. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { toError } from '../faults.ts'
import type { Answer } from './answers.ts'
import { Refusal } from './refusal.ts'

/** Seconds. */
const retryAfter = '1'

export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  return new Refusal(500, 'The question could not be answered', { why: toError(error).message })
}

export function sendRefusal(request: IncomingMessage, response: ServerResponse, { status, body }: Refusal): void {
  if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer')
  if (status === 405) response.setHeader('Allow', 'GET, HEAD')
  // What a client goes on sending is not read.
  if (status === 405 || status === 413) response.setHeader('Connection', 'close')
  send(request, response, { status, body })
}

export function send(request: IncomingMessage, response: ServerResponse, { status, body, location }: Answer): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'",
    ...((status === 503 || status === 429) && { 'Retry-After': retryAfter }),
    ...(location !== undefined && { Location: `${location}${request.url}` }),
  })
  response.end(request.method === 'HEAD' ? undefined : text)
}

/** The answer to a request that asked for a WebSocket. */
export function upgradeRefusal({ status, body }: Refusal): string {
  const text = JSON.stringify(body)
  const head = [
    `HTTP/1.1 ${status} Refused`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(text)}`,
    ...(body.error.retryable ? [`Retry-After: ${retryAfter}`] : []),
    'Connection: close',
  ]
  return `${head.join('\r\n')}\r\n\r\n${text}`
}
