/** The end of a stack is how Millrace came to call a step: the same for all, and longer than what is the step's own. */

/** Where the files of Millrace are. */
const ours: string = new URL('../../', import.meta.url).href
/** So many of our frames say enough. */
const kept = 2

/**
 * A stack without the frames at its end that are Millrace's, but for the first two of them.
 * @example withoutOurTail(error.stack ?? '') // 'Error: no price\n    at priceOf (file:///app/prices.ts:3:9)\n    at … '
 */
export function withoutOurTail(stack: string): string {
  const end = stack.indexOf(ours)
  if (end < 0) return stack
  const lines = stack.split('\n')
  let last = lines.length - 1
  while (last > 0 && lines[last]!.includes(ours)) last--
  return last + kept >= lines.length - 1 ? stack : `${lines.slice(0, last + 1 + kept).join('\n')}\n    …`
}
