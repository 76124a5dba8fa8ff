/** What failures of one kind have in common (`failures.md` 3.1). */
import { hash } from 'node:crypto'
import { stackOf } from '../../faults.ts'
import { remembering } from './encoded-text.ts'

/**
 * Twelve hex digits that stay the same over deploys and for other data: error class, node, and the function of user
 * code that threw. No line numbers, no message.
 * @example fingerprintOf(new TypeError('no price'), 'price') // e.g. '7f3a90c1d2e4'
 */
export function fingerprintOf(error: Error, node: string): string {
  return ofFrame(`${error.name}\n${node}\n${topFrame(stackOf(error))}`)
}

/** The frame, the last line of the text, without where in the file it is. */
const ofFrame = remembering((text) => {
  const start = text.lastIndexOf('\n') + 1
  const place = text
    .slice(start)
    .trim()
    .replace(/:\d+:\d+\)?$/, '')
    .replace(/^at /, '')
    .replace(/\(?(?:file:\/\/)?\/.*\//, '')
  return hash('sha256', text.slice(0, start) + place).slice(0, 12)
})

/** The first line of a stack that is a place in user code; empty where none is. */
function topFrame(stack: string): string {
  for (let start = 0; start < stack.length; ) {
    const next = stack.indexOf('\n', start)
    const end = next < 0 ? stack.length : next
    const line = stack.slice(start, end)
    if (/^\s+at /.test(line) && !/node:|node_modules/.test(line)) return line
    start = end + 1
  }
  return ''
}
