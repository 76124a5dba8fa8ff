/** One work on the page: plots of speed, CPU time and memory, how ours stands beside each peer, other figures. */
import type { Row } from '../row.ts'
import { type Bar, bars } from './bars.ts'
import { escapeHtml, list, table } from './html.ts'
import type { Section, Spread } from './results.ts'

/** @example sectionHtml(sectionsOf(runs, ['map'])[0]) */
export function sectionHtml({ work, run, rows }: Section): string {
  const alone = rows.filter(({ peer }) => peer === null)
  const spreads = run.spreads.filter((spread) => spread.work === work)
  const figures = run.figures.filter((figure) => figure.work === work)
  return [
    `<section id="${escapeHtml(work)}"><h2>${escapeHtml(work)}</h2>`,
    `<p>${escapeHtml(circumstances(rows, run.rounds, run.date))}</p>`,
    ...plotsOf(alone, spreads),
    pairsOf(rows.filter(({ peer }) => peer !== null)),
    figures.length === 0 ? '' : list(figures.map(({ what, value, unit }) => `${what}: ${value} ${unit}`)),
    '</section>',
  ].join('\n')
}

function circumstances(rows: readonly Row[], rounds: number, date: string): string {
  const records = Math.max(...rows.map((row) => row.records)).toLocaleString('en')
  return `${records} records, ${rounds} ${rounds === 1 ? 'round' : 'rounds'}, ${rows[0]?.broker}, ${date.slice(0, 10)}`
}

function plotsOf(alone: readonly Row[], spreads: readonly Spread[]): string[] {
  const bar = (row: Row, value: number, spread: Bar['spread'] = null): Bar => ({
    name: nameOf(row),
    value,
    spread,
    label: value.toLocaleString('en'),
    isOurs: row.system === 'millrace',
  })
  const hasLatency = alone.some(({ p99Ms }) => p99Ms !== null)
  const speed = hasLatency
    ? bars(
        'p99, milliseconds',
        alone.map((row) => bar(row, row.p99Ms ?? 0)),
      )
    : bars(
        'records a second: median, least and most',
        alone.map((row) => bar(row, row.recordsPerSecond, spreadOf(row, spreads))),
      )
  const cpu = bars(
    'CPU seconds per million records',
    alone.map((row) => bar(row, row.cpuSecondsPerMillion)),
  )
  const memory = bars(
    'peak memory, MB',
    alone.map((row) => bar(row, row.peakRssMb)),
  )
  return [speed, cpu, memory]
}

function spreadOf(row: Row, spreads: readonly Spread[]): Bar['spread'] {
  const found = spreads.find(
    ({ system, variant, threads }) => system === row.system && variant === row.variant && threads === row.threads,
  )
  return found === undefined ? null : [found.least, found.most]
}

function nameOf({ system, variant, threads }: Row): string {
  const what = system === 'millrace' ? `${system} ${variant}` : system
  return `${what}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`
}

function pairsOf(pairs: readonly Row[]): string {
  if (pairs.length === 0) return ''
  return table(
    ['ours', 'beside', 'times as fast', 'least', 'most', 'of its CPU time', 'of its memory'],
    pairs.map(({ variant, peer, ratio, ratioMin, ratioMax, cpuRatio, rssRatio }) => [
      variant,
      peer ?? '',
      ...[ratio, ratioMin, ratioMax, cpuRatio, rssRatio].map((value) => value ?? ''),
    ]),
  )
}
