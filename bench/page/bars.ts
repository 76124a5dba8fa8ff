/** Horizontal bars as SVG, a line each: a name, a bar with its spread, a number. */
import { escapeHtml } from './html.ts'

/** One bar. */
export interface Bar {
  readonly name: string
  readonly value: number
  /** Least and most, drawn as a thin line; null where there is one value only. */
  readonly spread: readonly [least: number, most: number] | null
  /** The number as it is written. */
  readonly label: string
  readonly isOurs: boolean
}

const lineHeight = 22
const barHeight = 12
const nameWidth = 230
const plotWidth = 330
const labelWidth = 110
const width = nameWidth + plotWidth + labelWidth

/** @example bars('records a second', [{ name: 'millrace', value: 5, spread: [4, 6], label: '5', isOurs: true }]) */
export function bars(title: string, list: readonly Bar[]): string {
  const most = Math.max(...list.map(({ value, spread }) => Math.max(value, spread?.[1] ?? 0)), Number.MIN_VALUE)
  const height = (list.length + 1) * lineHeight
  const lines = list.map((bar, index) => line(bar, (index + 1) * lineHeight, plotWidth / most))
  const name = escapeHtml(title)
  return (
    `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${name}">` +
    `<text class="title" x="${nameWidth}" y="15">${name}</text>${lines.join('')}</svg>`
  )
}

function line({ name, value, spread, label, isOurs }: Bar, top: number, scale: number): string {
  const middle = top + lineHeight / 2
  const end = nameWidth + value * scale
  const farthest = nameWidth + Math.max(value, spread?.[1] ?? 0) * scale
  return [
    `<text class="name" x="${nameWidth - 8}" y="${middle + 4}">${escapeHtml(name)}</text>`,
    `<rect class="${isOurs ? 'ours' : 'theirs'}" x="${nameWidth}" y="${middle - barHeight / 2}"`,
    ` width="${pixels(end - nameWidth)}" height="${barHeight}"/>`,
    spread === null ? '' : whisker(spread, middle, scale),
    `<text class="value" x="${pixels(farthest + 8)}" y="${middle + 4}">${escapeHtml(label)}</text>`,
  ].join('')
}

function whisker([least, most]: readonly [number, number], middle: number, scale: number): string {
  const [from, to] = [pixels(nameWidth + least * scale), pixels(nameWidth + most * scale)]
  return `<path class="spread" d="M${from} ${middle - 4}v8M${to} ${middle - 4}v8M${from} ${middle}H${to}"/>`
}

function pixels(value: number): string {
  return value.toFixed(1)
}
