/** `meta.log`: every change of the broker's metadata, on disk before it is answered; rewritten in short at each start. */
import { join } from 'node:path'
import { MillraceError } from '../../faults.ts'
import { type FileContext, FileSegment } from './file-segment.ts'
import { formatVersion, frame, readFrames } from './frames.ts'
import { applied, type Change, changesFor, type Metadata, noMetadata } from './metadata.ts'

const name = 'meta.log'

export class MetaLog {
  readonly #context: FileContext
  readonly #path: string
  #file: FileSegment
  #metadata: Metadata
  /** Names under which topics were deleted since the last start, whether or not there is one of that name now. */
  readonly deletedNames: ReadonlySet<string>

  /** @throws MillraceError MR1003 when the file is damaged, or of a newer version */
  constructor(context: FileContext, directory: string) {
    this.#context = { ...context, flush: 'always' }
    this.#path = join(directory, name)
    const { files, handles } = context
    const { sizeInBytes } = files.status(handles.of(this.#path, true))
    this.#file = new FileSegment(this.#context, this.#path, sizeInBytes)
    const changes = read(this.#file, directory)
    this.#metadata = changes.reduce(applied, noMetadata)
    this.deletedNames = deletedNamesOf(changes)
  }

  get metadata(): Metadata {
    return this.#metadata
  }

  /** Takes note of changes that belong together. @throws StorageFault and nothing has changed */
  record(changes: readonly Change[]): void {
    append(this.#file, changes)
    this.#metadata = changes.reduce(applied, this.#metadata)
  }

  /** Writes the file anew, without what no longer counts. */
  shorten(): void {
    const short = new FileSegment(this.#context, `${this.#path}.new`, 0)
    short.truncate(0)
    append(short, changesFor(this.#metadata))
    this.#context.handles.close(this.#path)
    short.rename(this.#path)
    this.#file = short
  }
}

function append(file: FileSegment, changes: readonly Change[]): void {
  const bytes = Buffer.concat(changes.map(frame))
  file.append(bytes, 0, bytes.length)
}

function deletedNamesOf(changes: readonly Change[]): Set<string> {
  const names = new Map<string, string>()
  const deleted = new Set<string>()
  for (const change of changes) {
    if (change.kind === 'topic') names.set(change.id, change.name)
    if (change.kind === 'deleted') deleted.add(names.get(change.topic) ?? '')
  }
  return deleted
}

function read(file: FileSegment, directory: string): Change[] {
  const [bytes] = file.sizeInBytes === 0 ? [Buffer.alloc(0)] : file.read(0, file.sizeInBytes)
  const { values, end, isDamaged, version } = readFrames(bytes!)
  if (version > formatVersion) {
    const what = `The data directory ${directory} was written by a newer version of Millrace`
    const why = `Its format is ${version}, this version reads up to ${formatVersion}`
    throw new MillraceError('fatal', { code: 'MR1003', what, why, fix: 'Use that version, or another directory' })
  }
  if (isDamaged) {
    const what = `The data directory ${directory} is damaged`
    const where = `${name}, at byte ${end}`
    throw new MillraceError('fatal', { code: 'MR1003', what, where, fix: 'Restore it from a copy, or use another' })
  }
  // What was torn is written over.
  if (end < bytes!.length) file.truncate(end)
  return values as Change[]
}
