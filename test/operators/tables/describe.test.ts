import { expect, test } from 'vitest'
import { cogroup, compile, describe, from, json, table, text, topology, versionedTable } from '../../../src/index.ts'
import { input, ms, output } from './kit.ts'

const rows = table('rows', { value: json<string>() })
const prices = versionedTable('prices', { value: json<string>(), history: { hours: 1 } })

test('the nodes of tables say what they were told', () => {
  const stream = from(input)
  const shown = describe(
    compile(
      topology(
        'app',
        from(rows, { order: 'arrival' }).groupBy('by', String).count('counts').to(output),
        from(prices).coalesce().to(output),
        stream.toTable('kept', { ttl: ms(5_000) }).to(output),
        stream.toTable('known', { deleteRetention: ms(90_000) }).to(output),
        stream.dedupe('once', { within: { minutes: 1 }, grace: ms(10) }).to(output),
        stream.top('best', 3, { compare: () => 0 }).to(output),
        cogroup('sums', { as: text, start: '' })
          .add(stream, (sum) => sum)
          .table()
          .to(output),
      ),
    ),
  )
  for (const line of [
    'from-rows: reads rows, table rows, as they come',
    'by: store app.by.changelog',
    'counts: store app.counts.changelog',
    'from-prices: reads prices, table prices, versions of 1h',
    'kept: rows live 5s, store app.kept.changelog',
    'known: deletions known for 1m30s, store app.known.changelog',
    'once: within 1m grace 10ms, store app.once.changelog',
    'best: the best 3, store app.best.changelog',
  ])
    expect(shown).toContain(line)
})
