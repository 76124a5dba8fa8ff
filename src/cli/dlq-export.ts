/** `millrace dlq export <queue>` */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { systemClock } from '../clock.ts'
import { MillraceError, toError } from '../faults.ts'
import { deadLetters, lineOf, type ReadLetter } from '../index.ts'
import { filterOf, topologyOf } from './dlq-filter.ts'
import { type ExportFlags, outputOf } from './dlq-flags.ts'
import { safeJson } from './safe-json.ts'
import { schemaVersion } from './store-print.ts'
import { withKafka } from './topics-client.ts'

/** Lines to stdout or to a file; what has no name yet of a file is no whole export. */
export async function exportCommand(queue: string, flags: ExportFlags): Promise<void> {
  const { out } = flags
  const filter = filterOf(flags, systemClock.now())
  const topology = await topologyOf(flags.topology, queue)
  const letters = await withKafka(
    flags.brokers,
    (kafka) => {
      const found = deadLetters(kafka, null, topology && { topology }).read({ queue, filter, all: flags.all === true })
      return out === undefined ? writeLines(process.stdout, found) : writeFile(out, found)
    },
    'millrace dlq export',
  )
  if (out === undefined) return
  if (outputOf(flags) === 'table') console.error(`${letters} letters in ${out}`)
  else console.log(safeJson({ schemaVersion, queue, file: out, letters }))
}

async function writeFile(path: string, letters: AsyncIterable<ReadLetter>): Promise<number> {
  const unfinished = `${path}.part`
  const stream = createWriteStream(unfinished)
  try {
    await once(stream, 'open')
    const count = await writeLines(stream, letters)
    stream.end()
    await once(stream, 'close')
    await rename(unfinished, path)
    return count
  } catch (error) {
    stream.destroy()
    throw asFileFault(error, path)
  }
}

async function writeLines(stream: Writable, letters: AsyncIterable<ReadLetter>): Promise<number> {
  let count = 0
  for await (const letter of letters) {
    count++
    if (!stream.write(`${JSON.stringify(lineOf(letter))}\n`)) await once(stream, 'drain')
  }
  return count
}

function asFileFault(thrown: unknown, path: string): unknown {
  const error = toError(thrown)
  if (!('syscall' in error) || !('path' in error)) return thrown
  return new MillraceError(
    'fatal',
    { code: 'MR1003', what: `${path} cannot be written`, why: error.message },
    { cause: error },
  )
}
