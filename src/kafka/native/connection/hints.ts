/** Brokers close a connection without a word when they are spoken to in the wrong way; what it was can be guessed. */
import type { CheckedConfig } from '../config.ts'

/** What to try when a connection was closed, or nothing. `lastAnswered` and `asked` are names of requests. */
export function closingHint(
  lastAnswered: string | null,
  asked: string | null,
  { tls, sasl }: Pick<CheckedConfig, 'tls' | 'sasl'>,
): string {
  if (lastAnswered === null && tls !== null && asked === null)
    return ' before TLS stood: a listener without TLS does so (is it the right port?)'
  if (lastAnswered === null && tls === null && asked === 'ApiVersions')
    return ' before anything was answered: a listener with TLS does so (set ssl)'
  if (lastAnswered === null && asked === 'ApiVersions')
    return ' before anything was answered: a listener that does not trust the client does so (ssl.cert, ssl.key)'
  if (lastAnswered === 'ApiVersions' && sasl === null && asked !== null)
    return ' at the first question: a listener that wants authentication does so (set sasl)'
  return ''
}
