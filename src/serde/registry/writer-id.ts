/** The id under which a serde writes: registered, or looked up, before a worker starts. */
import { type Clock, sleep } from '../../clock.ts'
import { MillraceError, toError } from '../../faults.ts'
import type { SerdeUse } from '../serde.ts'
import { RegistryRefusal, type SchemaSource, type SchemaText } from './source.ts'
import { type SubjectNaming, subjectOf } from './subject.ts'

export interface WriterIdOptions {
  readonly source: SchemaSource
  readonly schema: SchemaText
  /** The full name in the schema. */
  readonly record: string
  readonly naming: SubjectNaming
  readonly autoRegister: boolean
  readonly clock: Clock
}

/** So often a registry that does not answer is asked before the start is given up. */
const attempts = 4
/** The pause between, times the attempt. Milliseconds. */
const pause = 250

export class WriterId {
  private readonly options: WriterIdOptions
  private id: number | null = null
  /** The subject that gave the id. */
  private subject = ''
  private isRead = false

  constructor(options: WriterIdOptions) {
    this.options = options
  }

  /**
   * The id to write. A serde that is only read with writes nothing, but keys of tables are told apart by what it would
   * write: there 0 is as good as any.
   * @throws fatal MR3002 where nobody has prepared the serde
   */
  get(): number {
    this.id ??= this.options.source.now?.register(this.options.schema) ?? null
    if (this.id !== null) return this.id
    if (this.isRead) return 0
    throw new MillraceError('fatal', {
      code: 'MR3002',
      what: 'The schema has no id yet',
      why: `the serde was not prepared: a worker does that before it starts, at ${this.options.source.name}`,
      fix: 'await serde.prepare({ topic, part, writes: true }) before you encode by hand; drive() needs memoryRegistry()',
    })
  }

  /** @returns the id, null for what is only read. @throws MillraceError MR3006 when the registry does not answer, MR3007 when it refuses the schema */
  async prepare(use: SerdeUse): Promise<number | null> {
    this.isRead = true
    if (!use.writes) return null
    const { naming, record } = this.options
    const subject = subjectOf(naming, { topic: use.topic, part: use.part, record })
    if (subject === '') throw refused(subject, use, 'a schema without a name has no subject of that name')
    const id = await this.ask(subject, use)
    if (this.id !== null && this.id !== id)
      throw refused(subject, use, `its id is ${id}, under ${this.subject} ${this.id}`)
    this.id = id
    this.subject = subject
    return id
  }

  private async ask(subject: string, use: SerdeUse): Promise<number> {
    const { source, schema, autoRegister, clock } = this.options
    for (let attempt = 1; ; attempt++) {
      try {
        const id = await (autoRegister ? source.register(subject, schema) : source.find(subject, schema))
        if (id === null) throw refused(subject, use, 'it is not registered, and autoRegister is false')
        return id
      } catch (error) {
        if (error instanceof MillraceError) throw error
        if (error instanceof RegistryRefusal) throw refused(subject, use, error.message)
        if (attempt === attempts) throw unreachable(source, use, toError(error))
      }
      await sleep(clock, pause * attempt)
    }
  }
}

function refused(subject: string, { topic, part }: SerdeUse, why: string): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR3007',
    what: `The schema for the ${part} of ${topic} can't be written with`,
    where: `subject ${subject}`,
    why,
    fix: 'change the schema so that it may follow the registered ones, register it by hand, or choose another subject',
  })
}

function unreachable({ name }: SchemaSource, { topic, part }: SerdeUse, cause: Error): MillraceError {
  const what = `The schema registry ${name} does not answer`
  const where = `schema for the ${part} of ${topic}`
  const fix = 'Start the registry, or correct its address; for a desk: millrace registry --port 8081'
  return new MillraceError('fatal', { code: 'MR3006', what, where, why: cause.message, fix }, { cause })
}
