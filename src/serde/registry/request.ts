/** One POST to a registry: what its client can't be asked for. */
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { text } from 'node:stream/consumers'
import type { RegistrySettings } from './settings.ts'

export interface RegistryAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** @throws Error when there is no answer, or none that is JSON */
export async function post(
  { host, auth, agent }: RegistrySettings,
  path: string,
  body: object,
  timeoutMilliseconds: number,
): Promise<RegistryAnswer> {
  const url = new URL(`${host.replace(/\/$/, '')}${path}`)
  const send = url.protocol === 'https:' ? requestHttps : requestHttp
  return await new Promise((resolve, reject) => {
    const request = send(url, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      timeout: timeoutMilliseconds,
      ...(agent && { agent: agent as never }),
      ...(auth && { auth: `${auth.username}:${auth.password}` }),
    })
    request.on('timeout', () => request.destroy(new Error('the registry does not answer')))
    request.on('error', reject)
    request.on('response', (response) => {
      text(response)
        .then((answer) =>
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(answer) as RegistryAnswer['body'] }),
        )
        .catch(reject)
    })
    request.end(JSON.stringify(body))
  })
}
