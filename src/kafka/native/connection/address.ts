/** Where a broker is. */
import { MillraceError } from '../../../faults.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

/**
 * `host:port` taken apart; an IPv6 host stands in brackets.
 * @example parseAddress('[::1]:9092') // { host: '::1', port: 9092 }
 * @throws MillraceError MR1003
 */
export function parseAddress(text: string): Address {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text.trim())
  const port = Number(match?.[3])
  if (match === null || !isPort(port)) {
    throw new MillraceError('fatal', {
      code: 'MR1003',
      what: `"${text}" is not the address of a broker`,
      fix: 'Write host:port, for example localhost:9092',
    })
  }
  return { host: (match[1] ?? match[2])!, port }
}

/** Whether a number is a port that can be connected to. */
export function isPort(port: number): boolean {
  return port >= 1 && port <= 65_535
}

/** @example addressText({ host: '::1', port: 9092 }) // '[::1]:9092' */
export function addressText({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
