/** Who may ask: checked before a question is read (`failures.md` 10). */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../clock.ts'
import { Refusal } from './refusal.ts'

const failuresPerMinute = 10
const minute = 60_000
const mostAddresses = 10_000

export interface GuardOptions {
  /** Null: everybody who reaches the port may ask. */
  readonly token: string | null
  /** Names and addresses, without a port, under which the server may be asked: others are a rebound name. */
  readonly hosts: ReadonlySet<string>
  readonly clock: Clock
}

export class Guard {
  private readonly options: GuardOptions
  private readonly expected: Buffer | null
  /** When each address last failed, oldest first. */
  private readonly failures = new Map<string, number[]>()

  constructor(options: GuardOptions) {
    this.options = options
    this.expected = options.token === null ? null : digest(options.token)
  }

  /** @throws Refusal 401, 403, 421, 429 */
  check({ headers, socket }: IncomingMessage): void {
    const { hosts } = this.options
    if (!hosts.has(hostOf(headers.host))) throw new Refusal(421, 'This server is not known under that name')
    if (headers.origin !== undefined && !hosts.has(hostOfOrigin(headers.origin))) {
      throw new Refusal(403, 'Pages of other places may not ask')
    }
    if (this.expected !== null) this.checkToken(headers.authorization, this.expected, socket.remoteAddress ?? '')
  }

  private checkToken(authorization: string | undefined, expected: Buffer, address: string): void {
    const now = this.options.clock.monotonic()
    const failures = (this.failures.get(address) ?? []).filter((at) => at > now - minute)
    if (failures.length >= failuresPerMinute) throw new Refusal(429, 'Too many wrong tokens', { fix: 'Wait a minute' })
    const [, token] = /^Bearer (\S{1,1000})$/.exec(authorization ?? '') ?? []
    if (token !== undefined && timingSafeEqual(digest(token), expected)) return
    if (authorization !== undefined) this.note(address, [...failures, now])
    throw new Refusal(401, 'A token is needed', { fix: 'Send the header Authorization: Bearer <token>' })
  }

  private note(address: string, failures: number[]): void {
    this.failures.delete(address)
    this.failures.set(address, failures)
    const [oldest] = this.failures.keys()
    if (this.failures.size > mostAddresses) this.failures.delete(oldest!)
  }
}

/** Of equal length whatever was sent. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** Without the port: `[::1]:8080` is `[::1]`. */
function hostOf(header: string | undefined): string {
  return (header ?? '').toLowerCase().replace(/:\d{1,5}$/, '')
}

function hostOfOrigin(origin: string): string {
  return hostOf(/^https?:\/\/([^/]+)$/i.exec(origin)?.[1])
}
