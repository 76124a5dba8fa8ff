/** How long each function is, by matching braces in formatted code. */
import { mask } from './mask.ts'

export interface Span {
  /** The line it begins with, trimmed. */
  readonly head: string
  /** Counted from 1. */
  readonly line: number
  readonly lines: number
}

const control = /^(?:\} )?(?:else\b|if\b|for\b|while\b|switch\b|do\b|try\b|catch\b|finally\b|with\b|case\b|return\b)/
const notFunctions = /^(?:export )?(?:default )?(?:declare )?(?:abstract )?(?:class|interface|type|namespace|enum)\b/
const takesParameters = /^(?:export )?(?:default )?(?:[\w$*]+ )*[\w$#*[\].]+\s*(?:<.*)?\(/

export function functionsOf(source: string): Span[] {
  const lines = mask(source).split('\n')
  const found: Span[] = []
  for (const [end, text] of lines.entries()) {
    const before = /^(.*?)\{$/.exec(text.trimEnd())?.[1]
    if (before === undefined) continue
    const first = headLine(lines, end)
    if (!opensFunction(lines.slice(first, end + 1).join('\n'), before.trim())) continue
    const head = source.split('\n')[first]?.trim() ?? ''
    found.push({ head, line: first + 1, lines: closingLine(lines, end) - first + 1 })
  }
  return found
}

/** Parameters that take several lines end with a line that begins with `)`, indented as the line they began on. */
function headLine(lines: readonly string[], end: number): number {
  let first = end
  const indent = indentOf(lines[end])
  if (!/^\s*[)}\]>]/.test(lines[end] ?? '') || /^\s*\} (?:else|catch|finally|while)\b/.test(lines[end] ?? ''))
    return end
  do first--
  while (first > 0 && (lines[first]?.trim() === '' || indentOf(lines[first]) > indent))
  return first
}

function opensFunction(head: string, before: string): boolean {
  if (/=>\s*[([]*$/.test(before)) return true
  const start = head.trimStart()
  if (control.test(start) || notFunctions.test(start)) return false
  return takesParameters.test(start) && /\)(?:\s*:[^=]*)?$/.test(before)
}

function closingLine(lines: readonly string[], open: number): number {
  let depth = 1
  for (let line = open + 1; line < lines.length; line++) {
    for (const letter of lines[line] ?? '') {
      if (letter === '{') depth++
      if (letter === '}' && --depth === 0) return line
    }
  }
  return lines.length - 1
}

function indentOf(line: string | undefined): number {
  return (line ?? '').length - (line ?? '').trimStart().length
}
