import { expect, describe as group, test } from 'vitest'
import { compile, describe, from, hopping, json, number, table, text, topic, topology } from '../../src/index.ts'
import { flights, wordCount } from '../types/house.test-d.ts'

const keyed = topic('visits', { key: text, value: json<{ page: string }>() })

group('describe', () => {
  test('word count as text', () => {
    expect(describe(compile(wordCount))).toMatchInlineSnapshot()
  })

  test('flights as text', () => {
    expect(describe(compile(flights))).toMatchInlineSnapshot()
  })

  test('flights as a Mermaid flowchart', () => {
    expect(describe(compile(flights), 'mermaid')).toMatchInlineSnapshot()
  })

  test('tables, hopping windows, merges and policies as text', () => {
    const visits = from(keyed, { maxLead: 'off', idle: 'off' })
    const hops = hopping({ minutes: 1 }, { every: { seconds: 15 }, offset: { milliseconds: 500 } })
    const graph = compile(
      topology(
        'site',
        visits
          .window(hops)
          .count('per-minute')
          .updates()
          .to(topic('busy', { key: text, value: number })),
        visits.merge(visits.filter(({ page }) => page === '/')).to(topic('all', { key: text, value: json<object>() })),
        visits
          .keyBy('page', ({ page }) => page, { partitions: 3 })
          .count('pages')
          .to(table('pages', { value: number })),
        from(table('limits', { value: number }))
          .map((limit) => limit * 2)
          .to(table('doubled', { value: number })),
      ),
    )
    expect(describe(graph)).toMatchInlineSnapshot()
  })

  test('word count as JSON, with its hash', () => {
    const graph = compile(wordCount)
    const { hash, ...description } = JSON.parse(describe(graph, 'json')) as Record<string, unknown>
    expect(hash).toBe(graph.hash)
    expect(description).toMatchInlineSnapshot()
  })
})
