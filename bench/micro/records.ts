/**
 * What a record costs between its bytes and a handler, and between a handler and the bytes that are sent.
 *
 *     node --expose-gc --min-semi-space-size=256 bench/micro/records.ts [--old FOLDER] [--records N] [--rounds N]
 *
 * With so large a young generation nothing is collected while bytes are counted. `--old` is another checkout: both
 * run in one process in turn, since on a busy machine only their ratio means anything.
 */
import { parseArgs } from 'node:util'
import { recordsOf, type Side, sideOf, works } from './sides.ts'
import { type Measured, measureInTurn } from './turns.ts'

const { values } = parseArgs({
  options: {
    old: { type: 'string' },
    records: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '31' },
  },
})
const here = await sideOf(`${import.meta.dirname}/../..`)
const sides: Side[] = values.old === undefined ? [here] : [await sideOf(values.old), here]
const records = recordsOf(Number(values.records))

console.log('a record: nanoseconds of the processor, bytes allocated; how many times less')
for (const work of works) {
  const runs = sides.map((side) => work.prepare(side, records))
  const measured = await measureInTurn(runs, { rounds: Number(values.rounds), records: records.length })
  console.log(lineOf(work.name, measured))
}

function lineOf(name: string, measured: readonly Measured[]): string {
  const cells = measured.map(({ nanoseconds, bytes }) => `${padded(nanoseconds, 0)} ns ${padded(bytes, 0)} B`)
  const ratio = measured.length < 2 ? '' : `${padded(measured[1]!.ratio, 2)} ×`
  return `${name.padEnd(28)} ${cells.join(' ')} ${ratio}`
}

function padded(value: number, digits: number): string {
  return value.toFixed(digits).padStart(8)
}
