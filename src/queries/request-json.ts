/** One GET whose path goes out as it is: clients that tidy addresses up would take the key `..` for a step upward. */
import { type IncomingMessage, request } from 'node:http'
import { request as secureRequest } from 'node:https'

export interface JsonReply {
  readonly status: number
  readonly body: unknown
}

/** More than any page can be. */
const mostBytes = 268_435_456

/**
 * @param base scheme, host and port
 * @param target path and parameters, percent-encoded
 * @throws Error when nobody answers, or not in JSON
 */
export async function requestJson(
  base: string,
  target: string,
  options: { readonly headers: Readonly<Record<string, string>>; readonly signal?: AbortSignal },
): Promise<JsonReply> {
  const { protocol, hostname, port } = new URL(base)
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const ask = protocol === 'https:' ? secureRequest : request
    const host = hostname.replace(/^\[(.*)\]$/, '$1')
    ask({ ...options, host, port, path: target }, resolve)
      .on('error', reject)
      .end()
  })
  const parts: Buffer[] = []
  let size = 0
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length
    if (size > mostBytes) throw new RangeError(`the answer has more than ${mostBytes} bytes`)
    parts.push(part)
  }
  return { status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(parts).toString()) as unknown }
}
