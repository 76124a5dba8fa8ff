/** One letter on a screen: what happened, where, and the record itself, decoded beside its bytes. */
import type { Decoded, ReadLetter } from '../../dead-letters/index.ts'
import { jsonText } from '../../serde/json-text.ts'
import { hexLines } from '../print/hex.ts'
import { isoOf } from '../print/instants.ts'
import { visibleLine, visibleText } from '../print/visible.ts'
import type { Meaning } from './json.ts'

const textLimit = 20_480
const hexLimit = 512

/** All that others wrote is spelt out and indented: none of it can steer a terminal or pass for a line of ours. */
export function letterLines(letter: ReadLetter, meaning: Meaning, isFull: boolean): string[] {
  const { queue, partition, offset, state, stack, headers } = letter
  return [
    `${queue} ${partition}/${offset}  ${state}`,
    ...factsOf(letter).map(([name, text]) => `  ${name.padEnd(12)} ${visibleLine(text)}`),
    ...partLines('key', letter.key, meaning.key, isFull),
    ...partLines('value', letter.value, meaning.value, isFull),
    'headers',
    ...headers.map(({ name, value }) => `  ${visibleLine(name)}: ${headerText(value)}`),
    ...(stack === null ? [] : ['stack', ...indented(cutText(stack, isFull))]),
  ]
}

function factsOf(letter: ReadLetter): (readonly [name: string, text: string])[] {
  const { source, error, message, redriveCount, parkedBehind, editedFrom, pointer } = letter
  const facts: readonly (readonly [name: string, text: string | null])[] = [
    ['written', isoOf(letter.time)],
    ['by', [letter.family, letter.app].filter((part) => part !== null).join(', app ')],
    ['step', letter.node],
    ['stage', letter.stage],
    ['error', [letter.code, error].filter((part) => part !== null).join(' ') || null],
    ['message', message],
    ['fingerprint', letter.fingerprint],
    ['read at', source && `${source.topic} ${source.partition}/${source.offset}`],
    ['its time', isoOf(letter.sourceTime)],
    ['failed', failures(letter)],
    ['task', letter.task],
    ['group', letter.group],
    ['redriven', redriveCount === 0 ? null : `${redriveCount} times`],
    ['behind', parkedBehind],
    ['edited from', editedFrom],
    ['pointer', pointer && `the record lies only at its source: ${pointer.length} bytes, sha-256 ${pointer.sha256}`],
  ]
  return facts.filter((fact): fact is [string, string] => fact[1] !== null)
}

function failures({ attempts, firstFailedAt, failedAt }: ReadLetter): string | null {
  const times = [isoOf(firstFailedAt), isoOf(failedAt)].filter((time) => time !== null)
  const span = times.length === 0 ? '' : `${[...new Set(times)].join(' to ')}, `
  return attempts === null ? span.slice(0, -2) || null : `${span}${attempts} attempts`
}

function partLines(name: string, bytes: Buffer | null, { as, value, problem }: Decoded, isFull: boolean): string[] {
  if (bytes === null) return [`${name}  null`]
  const text = as === 'bytes' ? '' : as === 'text' ? String(value) : (jsonText(value, 2) ?? String(value))
  const shown = isFull ? bytes : bytes.subarray(0, hexLimit)
  const rest = bytes.length - shown.length
  return [
    `${name}  ${as}, ${bytes.length} bytes`,
    ...(problem === null ? [] : [`  the topology cannot read it: ${visibleLine(problem)}`]),
    ...(text === '' ? [] : indented(cutText(text, isFull))),
    ...hexLines(shown).map((line) => `    ${line}`),
    ...(rest > 0 ? [`    and ${rest} bytes more: --full`] : []),
  ]
}

function cutText(text: string, isFull: boolean): string {
  return isFull || text.length <= textLimit ? text : `${text.slice(0, textLimit)}… (--full)`
}

function indented(text: string): string[] {
  return visibleText(text)
    .split('\n')
    .map((line) => `  ${line}`)
}

function headerText(value: Uint8Array | null): string {
  if (value === null) return 'null'
  const text = Buffer.from(value).toString()
  if (text.includes('\ufffd') || text.includes('\0')) return `0x${Buffer.from(value.subarray(0, 64)).toString('hex')}`
  return visibleLine(text.length > 200 ? `${text.slice(0, 200)}…` : text)
}
