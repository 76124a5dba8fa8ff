/** `millrace dlq export <queue>` */
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { systemClock } from '../../clock.ts'
import { deadLetters, lineOf, type ReadLetter } from '../../dead-letters/index.ts'
import { MillraceError, toError } from '../../faults.ts'
import { safeJson } from '../print/safe-json.ts'
import { schemaVersion } from '../store/print.ts'
import { withKafka } from '../topics/client.ts'
import { filterOf, topologyOf } from './filter.ts'
import { type ExportFlags, outputOf } from './flags.ts'

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
  try {
    const count = await writeLines(createWriteStream(unfinished), letters)
    await rename(unfinished, path)
    return count
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined)
    throw asFileFault(error, path)
  }
}

/** Letters are read as fast as lines are taken, and a disk that is full ends both. */
async function writeLines(stream: Writable, letters: AsyncIterable<ReadLetter>): Promise<number> {
  let count = 0
  const lines = async function* (): AsyncGenerator<string> {
    for await (const letter of letters) {
      count++
      yield `${safeJson(lineOf(letter))}\n`
    }
  }
  await pipeline(lines(), stream, { end: stream !== process.stdout })
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
