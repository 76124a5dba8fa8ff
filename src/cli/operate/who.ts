/** Who does what an operator does: it stands in marks and in the audit. */
import { hostname, userInfo } from 'node:os'
import { InvalidArgumentError } from 'commander'

/** `user@host`; who has no name on this machine is known by the number. */
export function whoIsThere(): string {
  try {
    return `${userInfo().username}@${hostname()}`
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}@${hostname()}`
  }
}

/** The value of `--who`. */
export function whoOf(text: string): string {
  if (/^[\p{L}\p{N}._@+ -]{1,100}$/u.test(text)) return text
  throw new InvalidArgumentError('Use up to 100 letters, digits, spaces and . _ @ + -')
}
