import { expect, describe as group, test } from 'vitest'
import {
  compile,
  deadLetter,
  describe,
  from,
  hopping,
  json,
  number,
  table,
  text,
  topic,
  topology,
} from '../../src/index.ts'
import { flights, wordCount } from '../types/house.test-d.ts'

const keyed = topic('visits', { key: text, value: json<{ page: string }>() })

group('describe', () => {
  test('word count as text', () => {
    expect(describe(compile(wordCount))).toMatchInlineSnapshot(`
      "topology word-count
        reads   lines
        writes  word-counts
        makes   word-count.word.repartition (repartition, partitions as sub-topology 0)
                word-count.words-per-minute.changelog (changelog, partitions as sub-topology 1)
                word-count.progress (progress, partitions as the largest sub-topology)
                word-count.dlq.lines (dead-letter, partitions as lines)
                word-count.dlq.word (dead-letter, partitions as word-count.word.repartition)
                word-count.redrive.lines (redrive, partitions as lines)
                word-count.redrive.word (redrive, partitions as word-count.word.repartition)
                word-count.dlq-marks (marks, 1 partition)
                word-count.audit (audit, 1 partition)

      sub-topology 0
        from-lines: reads lines
        └─ flat-map-1
           └─ to-word: writes word-count.word.repartition, key text

      sub-topology 1
        from-word: reads word-count.word.repartition
        └─ words-per-minute: count, tumbling 1m grace 10s, a row when a window closes, store word-count.words-per-minute.changelog
           └─ map-1
              └─ to-word-counts: writes word-counts
      "
    `)
  })

  test('flights as text', () => {
    expect(describe(compile(flights))).toMatchInlineSnapshot(`
      "topology flights
        reads   flights, airlines (whole, in every worker)
        writes  flights.cancelled, flights.departures-by-origin-hour, flights.late
        makes   flights.by-origin.repartition (repartition, partitions as sub-topology 0)
                flights.departures.changelog (changelog, partitions as sub-topology 1)
                flights.progress (progress, partitions as the largest sub-topology)
                flights.dlq.flights (dead-letter, partitions as flights)
                flights.dlq.by-origin (dead-letter, partitions as flights.by-origin.repartition)
                flights.redrive.flights (redrive, partitions as flights)
                flights.redrive.by-origin (redrive, partitions as flights.by-origin.repartition)
                flights.dlq-marks (marks, 1 partition)
                flights.audit (audit, 1 partition)

      sub-topology 0
        from-flights: reads flights, time from the value, out of order up to 22h, on failure dead letter flights
        └─ branch-1
           ├─ cancelled
           │  └─ to-flights.cancelled: writes flights.cancelled
           └─ departed
              └─ lookup-airlines
                 └─ to-by-origin: writes flights.by-origin.repartition, key text

      sub-topology 1
        from-by-origin: reads flights.by-origin.repartition
        └─ departures: aggregate, tumbling 1h, a row when a window closes, store flights.departures.changelog
           ├─ map-1
           │  └─ to-flights.departures-by-origin-hour: writes flights.departures-by-origin-hour
           └─ late: departures-late
              └─ map-2
                 └─ to-flights.late: writes flights.late
      "
    `)
  })

  test('flights as a Mermaid flowchart', () => {
    expect(describe(compile(flights), 'mermaid')).toMatchInlineSnapshot(`
      "flowchart TD
        subgraph s0["sub-topology 0"]
          n0_0["from-flights"]
          n0_1["branch-1"]
          n0_2["cancelled"]
          n0_3["to-flights.cancelled"]
          n0_4["departed"]
          n0_5["lookup-airlines"]
          n0_6["to-by-origin"]
          n0_0 --> n0_1
          n0_1 --> n0_2
          n0_1 --> n0_4
          n0_2 --> n0_3
          n0_4 --> n0_5
          n0_5 --> n0_6
        end
        subgraph s1["sub-topology 1"]
          n1_0["from-by-origin"]
          n1_1["departures"]
          n1_2["map-1"]
          n1_3["to-flights.departures-by-origin-hour"]
          n1_4["departures-late"]
          n1_5["map-2"]
          n1_6["to-flights.late"]
          n1_0 --> n1_1
          n1_1 --> n1_2
          n1_1 -. late .-> n1_4
          n1_2 --> n1_3
          n1_4 --> n1_5
          n1_5 --> n1_6
        end
        t0[("flights")]
        t1[("flights.cancelled")]
        t2[("airlines")]
        t3[("flights.by-origin.repartition")]
        t4[("flights.departures-by-origin-hour")]
        t5[("flights.late")]
        t0 --> n0_0
        n0_3 --> t1
        t2 -. lookup .-> n0_5
        n0_6 --> t3
        t3 --> n1_0
        n1_3 --> t4
        n1_6 --> t5
      "
    `)
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
          .map((limit) => limit * 2, { onFailure: [deadLetter('limits')] })
          .to(table('doubled', { value: number })),
      ),
    )
    expect(describe(graph)).toMatchInlineSnapshot(`
      "topology site
        reads   visits, limits
        writes  busy, all, pages, doubled
        makes   site.page.repartition (repartition, 3 partitions)
                site.per-minute.changelog (changelog, partitions as sub-topology 0)
                site.pages.changelog (changelog, partitions as sub-topology 1)
                site.limits.changelog (changelog, partitions as sub-topology 2)
                site.progress (progress, partitions as the largest sub-topology)
                site.dlq.visits (dead-letter, partitions as visits)
                site.dlq.page (dead-letter, partitions as site.page.repartition)
                site.dlq.limits (dead-letter, partitions as limits)
                site.redrive.visits (redrive, partitions as visits)
                site.redrive.page (redrive, partitions as site.page.repartition)
                site.redrive.limits (redrive, partitions as limits)
                site.dlq-marks (marks, 1 partition)
                site.audit (audit, 1 partition)

      sub-topology 0
        from-visits: reads visits
        ├─ per-minute: count, hopping 1m every 15s shifted by 500ms, a row per change, store site.per-minute.changelog
        │  └─ to-busy: writes busy
        ├─ filter-1
        │  └─ merge-1
        │     └─ to-all: writes all
        ├─ merge-1 (above)
        └─ to-page: writes site.page.repartition, key text

      sub-topology 1
        from-page: reads site.page.repartition
        └─ pages: count, store site.pages.changelog
           └─ to-pages: writes pages

      sub-topology 2
        from-limits: reads limits, table limits
        └─ table-map-1: on failure dead letter limits
           └─ to-doubled: writes doubled
      "
    `)
  })

  test('word count as JSON, with its hash', () => {
    const graph = compile(wordCount)
    const { hash, ...description } = JSON.parse(describe(graph, 'json')) as Record<string, unknown>
    expect(hash).toBe(graph.hash)
    expect(description).toMatchInlineSnapshot(`
      {
        "inputs": [
          {
            "key": "nullable(text)",
            "kind": "topic",
            "name": "lines",
            "value": "text",
          },
        ],
        "internal": [
          {
            "kind": "repartition",
            "name": "word-count.word.repartition",
            "partitionsOf": {
              "subTopology": 0,
            },
          },
          {
            "kind": "changelog",
            "name": "word-count.words-per-minute.changelog",
            "partitionsOf": {
              "subTopology": 1,
            },
          },
          {
            "kind": "progress",
            "name": "word-count.progress",
            "partitionsOf": "largest",
          },
          {
            "feeds": [
              {
                "redrive": "word-count.redrive.lines",
                "source": "lines",
              },
            ],
            "kind": "dead-letter",
            "name": "word-count.dlq.lines",
            "partitionsOf": {
              "topics": [
                "lines",
              ],
            },
          },
          {
            "feeds": [
              {
                "redrive": "word-count.redrive.word",
                "source": "word-count.word.repartition",
              },
            ],
            "kind": "dead-letter",
            "name": "word-count.dlq.word",
            "partitionsOf": {
              "topics": [
                "word-count.word.repartition",
              ],
            },
          },
          {
            "kind": "redrive",
            "name": "word-count.redrive.lines",
            "partitionsOf": {
              "topics": [
                "lines",
              ],
            },
          },
          {
            "kind": "redrive",
            "name": "word-count.redrive.word",
            "partitionsOf": {
              "topics": [
                "word-count.word.repartition",
              ],
            },
          },
          {
            "kind": "marks",
            "name": "word-count.dlq-marks",
            "partitionsOf": {
              "count": 1,
            },
          },
          {
            "kind": "audit",
            "name": "word-count.audit",
            "partitionsOf": {
              "count": 1,
            },
          },
        ],
        "outputs": [
          {
            "key": "nullable(text)",
            "kind": "topic",
            "name": "word-counts",
            "value": "json",
          },
        ],
        "subTopologies": [
          {
            "id": 0,
            "nodes": [
              {
                "inputs": [],
                "kind": "source",
                "late": [],
                "name": "from-lines",
                "outputs": [
                  "flat-map-1",
                ],
                "role": "node",
                "settings": {
                  "idleAfter": 30000,
                  "maxLead": 86400000,
                  "outOfOrderness": 0,
                  "timestamp": "kafka",
                  "topic": "lines",
                },
              },
              {
                "inputs": [
                  "from-lines",
                ],
                "kind": "flat-map",
                "late": [],
                "name": "flat-map-1",
                "outputs": [
                  "to-word",
                ],
                "role": "node",
                "settings": {},
              },
              {
                "inputs": [
                  "flat-map-1",
                ],
                "kind": "repartition",
                "late": [],
                "name": "to-word",
                "outputs": [],
                "role": "repartition-sink",
                "settings": {
                  "key": "text",
                  "name": "word",
                  "partitions": null,
                  "value": "json",
                },
              },
            ],
            "reentries": [
              {
                "kind": "redrive",
                "sources": [
                  "lines",
                ],
                "topic": "word-count.redrive.lines",
              },
            ],
            "sources": [
              {
                "node": "from-lines",
                "topic": "lines",
                "writers": null,
              },
            ],
            "stores": [],
          },
          {
            "id": 1,
            "nodes": [
              {
                "inputs": [],
                "kind": "repartition",
                "late": [],
                "name": "from-word",
                "outputs": [
                  "words-per-minute",
                ],
                "role": "repartition-source",
                "settings": {
                  "key": "text",
                  "name": "word",
                  "partitions": null,
                  "value": "json",
                },
              },
              {
                "inputs": [
                  "from-word",
                ],
                "kind": "aggregate",
                "late": [],
                "name": "words-per-minute",
                "outputs": [
                  "map-1",
                ],
                "role": "node",
                "settings": {
                  "emit": "final",
                  "fold": "count",
                  "key": "text",
                  "store": "words-per-minute",
                  "sum": "number",
                  "trigger": null,
                  "ttl": null,
                  "windows": {
                    "grace": 10000,
                    "hop": 60000,
                    "kind": "tumbling",
                    "offset": 0,
                    "size": 60000,
                  },
                },
              },
              {
                "inputs": [
                  "words-per-minute",
                ],
                "kind": "map",
                "late": [],
                "name": "map-1",
                "outputs": [
                  "to-word-counts",
                ],
                "role": "node",
                "settings": {},
              },
              {
                "inputs": [
                  "map-1",
                ],
                "kind": "sink",
                "late": [],
                "name": "to-word-counts",
                "outputs": [],
                "role": "node",
                "settings": {
                  "topic": "word-counts",
                },
              },
            ],
            "reentries": [
              {
                "kind": "redrive",
                "sources": [
                  "word-count.word.repartition",
                ],
                "topic": "word-count.redrive.word",
              },
            ],
            "sources": [
              {
                "node": "from-word",
                "topic": "word-count.word.repartition",
                "writers": [
                  0,
                ],
              },
            ],
            "stores": [
              {
                "changelog": "word-count.words-per-minute.changelog",
                "key": "text",
                "kind": "window",
                "name": "words-per-minute",
                "node": "words-per-minute",
                "value": "number",
                "version": 0,
              },
            ],
          },
        ],
        "topology": "word-count",
      }
    `)
  })
})
