/** The page of results: one file without anything from elsewhere. */
import { escapeHtml, list, table } from './html.ts'
import type { Machine, Participant, Results, Section } from './results.ts'
import { sectionsOf } from './results.ts'
import { sectionHtml } from './section.ts'
import { worseNumbers } from './worse.ts'

const style = `
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
svg { display: block; max-width: 100%; height: auto; margin: .5rem 0 }
svg text { font: 12px system-ui, sans-serif; fill: currentColor }
svg .title { font-weight: 600 } svg .name { text-anchor: end }
svg .ours { fill: #0a7d6c } svg .theirs { fill: #9aa3ad } svg .spread { stroke: currentColor; fill: none }
table { border-collapse: collapse; margin: .5rem 0 } th, td { padding: .15rem .8rem .15rem 0; text-align: left }
td.number { text-align: right; font-variant-numeric: tabular-nums }
`

const method = [
  'Kafka to Kafka, exactly once, one node of Apache Kafka with a heap of 1 GiB on the same machine: broker and workers share its cores.',
  'The input was written once, uncompressed, 4 partitions; all systems read the same bytes and write JSON into a new topic of 4 partitions.',
  'Round by round each system takes its turn in a fresh process, and each round begins with another one. Figures are medians of the rounds.',
  'Nothing was warm: each turn starts its process, and code is compiled while it runs. The time runs from the first record taken to the last commit acknowledged; the start of the process is not in it. Only the broker and the page cache are as warm as the turns before left them.',
  'CPU time is that of the whole process, its start included, with all threads; memory is the most it ever had. The broker is in neither.',
  'In the first round the results are compared row by row, in the others counted. Who fails or is wrong has no row.',
  'Ratios compare medians; their least and most compare turns of the same round.',
]

/**
 * The page for all runs there are: each work as its newest run measured it.
 * @example writeFileSync('index.html', pageOf(runs, ['map', 'q0']))
 */
export function pageOf(runs: readonly Results[], works: readonly string[]): string {
  const sections = sectionsOf(runs, works)
  const used = [...new Set(sections.map(({ run }) => run))]
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Millrace and its peers</title>',
    `<meta name="viewport" content="width=device-width"><style>${style}</style></head><body>`,
    '<h1>Millrace and its peers</h1>',
    '<h2>Where a peer is ahead</h2>',
    worseOf(sections),
    ...sections.map(sectionHtml),
    '<h2>Method</h2>',
    list(method),
    '<h2>Machines and versions</h2>',
    ...used.map(runOf),
    '</body></html>',
    '',
  ].join('\n')
}

function worseOf(sections: readonly Section[]): string {
  const worse = worseNumbers(sections.flatMap(({ rows }) => rows))
  if (worse.length === 0) return '<p>In none of the numbers below.</p>'
  return table(
    ['work', 'ours', 'peer', 'number', 'times worse'],
    worse.map(({ work, variant, peer, figure, times }) => [work, variant, peer, figure, times.toFixed(2)]),
  )
}

function runOf({ date, machine, broker, participants, failures }: Results): string {
  const failed = failures.length === 0 ? '' : `<p>Without rows:</p>${list(failures)}`
  return `<h3>${escapeHtml(date.slice(0, 16).replace('T', ' '))}</h3>
<p>${escapeHtml(machineWords(machine, broker))}</p>
${table(['', 'version', 'settings'], participants.map(participantCells))}${failed}`
}

function machineWords({ cpu, cores, memoryGigabytes, system, node, java }: Machine, broker: string): string {
  const runtimes = `Node ${node}${java === null ? '' : `, Java ${java}`}`
  return `${cpu}, ${cores} cores, ${memoryGigabytes} GB memory, ${system}; ${runtimes}; ${broker}`
}

function participantCells({ name, version, settings }: Participant): string[] {
  return [name, version, settings]
}
