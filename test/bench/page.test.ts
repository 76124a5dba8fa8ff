import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bars } from '../../bench/page/bars.ts'
import { pageOf } from '../../bench/page/page.ts'
import { type Results, sectionsOf } from '../../bench/page/results.ts'
import { worseNumbers } from '../../bench/page/worse.ts'
import { writeResults } from '../../bench/page/write.ts'
import { type Row, unmeasured } from '../../bench/row.ts'

const alone: Row = {
  work: 'map',
  variant: 'fast-json',
  system: 'millrace',
  version: '1',
  broker: 'kafka 4.1.0',
  threads: 1,
  records: 1_000_000,
  recordsPerSecond: 500_000,
  cpuSecondsPerMillion: 2,
  peakRssMb: 200,
  ...unmeasured,
}
const theirs: Row = { ...alone, system: 'flink', variant: 'json-parse', threads: 2, recordsPerSecond: 250_000 }
const beside: Row = { ...alone, peer: 'flink', ratio: 2, ratioMin: 1.8, ratioMax: 2.2, cpuRatio: 0.4, rssRatio: 0.3 }

function results(more: Partial<Results> = {}): Results {
  return {
    date: '2026-11-21T22:15:00.000Z',
    machine: { cpu: 'CPU <1>', cores: 2, memoryGigabytes: 24, system: 'Linux 6', node: '24.0.0', java: '17.0.1' },
    broker: 'kafka 4.1.0',
    rounds: 2,
    participants: [{ name: 'flink', version: '2.2.0', settings: 'exactly-once sink' }],
    rows: [alone, theirs, beside],
    spreads: [{ work: 'map', system: 'millrace', variant: 'fast-json', threads: 1, least: 400_000, most: 600_000 }],
    figures: [{ work: 'map', what: 'commits', value: 12, unit: 'a second' }],
    failures: [],
    ...more,
  }
}

test('nothing is worse where we are ahead', () => {
  expect(worseNumbers([alone, theirs, beside])).toEqual([])
})

test('every number that is worse than a peer’s is found', () => {
  const worse = { ...beside, ratio: 0.8, cpuRatio: 1.25, rssRatio: 3 }
  expect(worseNumbers([alone, theirs, worse]).map(({ figure, peer, times }) => [figure, peer, times])).toEqual([
    ['records a second', 'flink', 1.25],
    ['CPU time', 'flink', 1.25],
    ['memory', 'flink', 3],
  ])
})

test('latencies are compared with the peer’s own, each by itself', () => {
  const slow = { p50Ms: 60, p99Ms: 100 }
  const peer = { ...theirs, p50Ms: 50, p99Ms: 200 }
  const pair = { ...beside, ...slow }
  const found = worseNumbers([{ ...alone, ...slow }, peer, pair])
  expect(found).toEqual([{ work: 'map', variant: 'fast-json', peer: 'flink', figure: 'p50', times: 1.2 }])
})

test('a work is shown as the newest run that has it measured it', () => {
  const old = results({ date: '2026-11-20T00:00:00.000Z', rows: [alone, { ...alone, work: 'q0' }] })
  const sections = sectionsOf([results(), old], ['q0', 'q1', 'map'])
  expect(sections.map(({ work, run, rows }) => [work, run.date.slice(0, 10), rows.length])).toEqual([
    ['q0', '2026-11-20', 1],
    ['map', '2026-11-21', 3],
  ])
})

test('a bar is as long as its value, its spread is drawn on it', () => {
  const bar = { spread: null, label: 'x', isOurs: false }
  const svg = bars('speed', [
    { ...bar, name: 'a & b', value: 50, isOurs: true },
    { ...bar, name: 'c', value: 100, spread: [80, 200] },
  ])
  expect(
    [...svg.matchAll(/<rect class="(\w+)"[^>]* width="([\d.]+)"/g)].map(([, kind, width]) => [kind, width]),
  ).toEqual([
    ['ours', '82.5'],
    ['theirs', '165.0'],
  ])
  expect(svg).toContain('a &amp; b')
  expect(svg).toContain('class="spread" d="M362.0 ')
})

test('the page says the machine, the versions, what was warm and what is worse, and needs nothing from elsewhere', () => {
  const failures = ['q5: flink: it ended with 1']
  const page = pageOf([results({ rows: [alone, theirs, { ...beside, rssRatio: 1.5 }], failures })], ['map', 'q5'])
  for (const words of ['CPU &lt;1&gt;, 2 cores', '2.2.0', 'exactly-once sink', 'Nothing was warm', ...failures])
    expect(page).toContain(words)
  expect(page).toContain('<td>memory</td><td>1.50</td>')
  expect(page).toContain('commits: 12 a second')
  expect(page.match(/<svg/g)).toHaveLength(3)
  expect(page).not.toMatch(/(?:src|href)=|https?:/)
})

test('a run is kept in a file of its own, and the page shows all', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-results-'))
  try {
    writeResults(folder, results({ date: '2026-11-20T10:00:00.000Z', rows: [{ ...alone, work: 'q0' }] }), ['map', 'q0'])
    const file = writeResults(folder, results(), ['map', 'q0'])
    expect(readdirSync(folder).sort()).toEqual(['2026-11-20-1000.json', '2026-11-21-2215.json', 'index.html'])
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(results())
    const page = readFileSync(join(folder, 'index.html'), 'utf8')
    for (const work of ['map', 'q0']) expect(page).toContain(`<section id="${work}">`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
