/** Writes transactions into LMDB until it is killed, and tells each. */
import { lmdb } from '../../src/state/lmdb/index.ts'

const rows = lmdb(process.argv[2]!).open({ app: 'app', task: 'in-0', store: 'rows', layout: 'points' })

function write(position: number): void {
  const changes = Array.from({ length: 100 }, (_, index) => ({
    key: Buffer.from(`key ${(index * 7919) % 100}`),
    bytes: Buffer.from(String(position)),
    index: null,
    unindex: null,
  }))
  rows.apply(changes, position)
  process.stdout.write(`${position}\n`)
  setImmediate(write, position + 1)
}

write(1)
