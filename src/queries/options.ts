/** Settings of a query server, and what follows from them. */
import { hostname } from 'node:os'
import { MillraceError } from '../faults.ts'

/** Where and for whom a worker answers questions about its state. */
export interface QueryOptions {
  /** 0: a free one. Workers of one machine need a port each. */
  readonly port: number
  /** Default 127.0.0.1: this machine only. Any other address needs a token. */
  readonly host?: string
  /** Who asks must send it: `Authorization: Bearer <token>`. The same for all workers of a topology. */
  readonly token?: string
  /** `host:port` or `host` under which the other workers reach this one; default: where it listens. */
  readonly advertised?: string
  /** More names under which the server may be asked, such as that of a proxy. */
  readonly hosts?: readonly string[]
}

export const defaultHost = '127.0.0.1'
const loopback: readonly string[] = ['127.0.0.1', 'localhost', '[::1]', '::1']
const anywhere: readonly string[] = ['0.0.0.0', '::', '[::]']
const shortestToken = 16

/** @throws MillraceError MR1003 */
export function checkOptions({ host = defaultHost, token, port }: QueryOptions): void {
  const refuse = (what: string, why: string, fix: string): never => {
    throw new MillraceError('fatal', { code: 'MR1003', what, why, fix })
  }
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    refuse(`queries can't have port ${port}`, 'a port is a whole number from 0 to 65535', 'queries: { port: 8080 }')
  }
  if (!loopback.includes(host) && token === undefined) {
    refuse(
      `queries on ${host} need a token`,
      'other machines reach that address',
      'give queries.token, or MILLRACE_QUERIES_TOKEN',
    )
  }
  if (token !== undefined && !(token.length >= shortestToken && /^\S+$/.test(token))) {
    refuse(
      'The token of queries is not valid',
      `it needs ${shortestToken} characters at least, none of them blank`,
      'openssl rand -hex 32',
    )
  }
}

/** Under which the other workers reach a server that listens on `port`. */
export function addressOf({ host = defaultHost, advertised }: QueryOptions, port: number): string {
  if (advertised !== undefined) return `http://${/:\d+$/.test(advertised) ? advertised : `${advertised}:${port}`}`
  const name = anywhere.includes(host) ? hostname() : host
  return `http://${name.includes(':') && !name.startsWith('[') ? `[${name}]` : name}:${port}`
}

/** Names under which a server may be asked, without ports. */
export function hostsOf({ host = defaultHost, hosts = [] }: QueryOptions, address: string): Set<string> {
  return new Set([...loopback, host, new URL(address).hostname, ...hosts].map((name) => name.toLowerCase()))
}
