/** Names that become Kafka topics are checked where they are given. */
import { MillraceError } from '../faults.ts'

const allowed = /^[a-zA-Z0-9._-]{1,249}$/

/**
 * Returns `name` if Kafka takes it as (part of) a topic name.
 * @param what the thing that is named, for the message: `topic`, `store`
 * @throws MillraceError MR4002
 */
export function checkName(what: string, name: string): string {
  if (typeof name === 'string' && allowed.test(name) && name !== '.' && name !== '..') return name
  throw new MillraceError('fatal', {
    code: 'MR4002',
    what: `The ${what} name ${JSON.stringify(name)} cannot be used in Kafka`,
    why: 'Kafka allows letters, digits, dot, underscore and hyphen, at most 249 of them',
    fix: 'choose another name',
  })
}
