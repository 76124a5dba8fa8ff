/** Regular expressions that clients send. They have to match a whole name, and are JavaScript's, not RE2's. */
import type { Context, Script } from 'node:vm'

/** Unlike RE2, JavaScript's can take for ever; nobody else is served meanwhile. */
const longestMilliseconds = 100

/** @example isPattern('a(b') // false */
export function isPattern(text: string): boolean {
  try {
    new RegExp(whole(text))
    return true
  } catch {
    return false
  }
}

/**
 * The names that match; null when the text is no regular expression, or takes too long to be tried.
 * @example matching('a.*', ['ab', 'ba']) // the set of 'ab'
 */
export function matching(text: string, names: readonly string[]): ReadonlySet<string> | null {
  room ??= makeRoom()
  try {
    room.context.pattern = whole(text)
    room.context.names = names
    return new Set(room.script.runInContext(room.context, { timeout: longestMilliseconds }) as string[])
  } catch {
    return null
  }
}

/** Where a pattern is tried: the only thing of JavaScript's that can be interrupted is a script. */
interface Room {
  readonly script: Script
  readonly context: Context
}

let room: Room | null = null

function makeRoom(): Room {
  const vm = process.getBuiltinModule('node:vm')
  const script = new vm.Script('{ const whole = new RegExp(pattern); names.filter((name) => whole.test(name)) }')
  return { script, context: vm.createContext({ pattern: '', names: [] }) }
}

function whole(text: string): string {
  return `^(?:${text})$`
}
