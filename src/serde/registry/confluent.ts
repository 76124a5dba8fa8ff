/**
 * A registry over HTTP. Schemas are asked for through `@kafkajs/confluent-schema-registry`, which finds what they refer
 * to as well. Registering is a request of our own: the client takes no schema without a name, such as the `"string"` of
 * a key, and none for a subject that has another level than the one it was told.
 */
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry'
import type { Type } from 'avsc'
import { toMilliseconds } from '../../clock.ts'
import { MillraceError, toError } from '../../faults.ts'
import { post } from './request.ts'
import type { ClientSettings, RegistrySettings } from './settings.ts'
import { RegistryRefusal, type SchemaSource, type SchemaText, type WriterSchema } from './source.ts'

/** What the kinds are called there. */
const schemaTypes = { AVRO: SchemaType.AVRO, JSON: SchemaType.JSON } as const

/** @throws MillraceError MR1003 for an address that is none */
export function confluentSource(settings: RegistrySettings): SchemaSource {
  const { requestTimeout = { seconds: 10 }, ...rest } = settings
  if (!/^https?:\/\//.test(rest.host) || !URL.canParse(rest.host)) throw noAddress(rest.host)
  const timeout = toMilliseconds(requestTimeout)
  // What fails is asked again by us, on our clock.
  const client = new SchemaRegistry(
    { ...rest, retry: { retries: 0 }, middlewares: [timeoutOf(timeout)] },
    { [SchemaType.AVRO]: { omitRecordMethods: true }, [SchemaType.JSON]: { ajvInstance: nothingCompiled } },
  )
  return {
    name: rest.host,
    schema: (id) => schemaOf(client, id),
    register: (subject, schema) => register(rest, subject, schema, timeout),
    find: (subject, schema) => find(client, subject, schema),
  }
}

async function schemaOf(client: SchemaRegistry, id: number): Promise<WriterSchema | null> {
  try {
    const schema = await client.getSchema(id)
    if ('createResolver' in schema) return { kind: 'AVRO', type: schema as unknown as Type }
    return { kind: 'JSON' }
  } catch (error) {
    const status = statusOf(error)
    if (status === 404) return null
    // What has a status came from the registry or the network; what has none is the client's verdict on the schema.
    throw status === undefined ? new RegistryRefusal(toError(error).message, { cause: error }) : toError(error)
  }
}

async function register(
  settings: RegistrySettings,
  subject: string,
  { kind, text }: SchemaText,
  timeoutMilliseconds: number,
): Promise<number> {
  const path = `/subjects/${encodeURIComponent(subject)}/versions`
  const body = { ...(kind !== 'AVRO' && { schemaType: kind }), schema: text }
  const answer = await post(settings, path, body, timeoutMilliseconds)
  if (answer.status === 200 && typeof answer.body.id === 'number') return answer.body.id
  const what = `${answer.status}: ${answer.body.message}`
  throw isVerdict(answer.status) ? new RegistryRefusal(what) : new Error(what)
}

/** A status that says no for good: not that of one who has no time now. */
function isVerdict(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429
}

async function find(client: SchemaRegistry, subject: string, { kind, text }: SchemaText): Promise<number | null> {
  try {
    return await client.getRegistryIdBySchema(subject, { type: schemaTypes[kind], schema: text })
  } catch (error) {
    // So the client says 404.
    if (toError(error).name === 'ConfluentSchemaRegistryError') return null
    throw statusOf(error) === 422 ? new RegistryRefusal(toError(error).message, { cause: error }) : error
  }
}

function statusOf(error: unknown): number | undefined {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined
  return typeof status === 'number' ? status : undefined
}

/**
 * What the client would compile JSON Schemas with. Readers check by their own schema, so that of the writer is never run:
 * compiling makes code of what somebody has registered, and may take long.
 */
const nothingCompiled = { addSchema: () => undefined as never, compile: () => (() => true) as never }

type Middleware = NonNullable<ClientSettings['middlewares']>[number]

function timeoutOf(milliseconds: number): Middleware {
  return () => ({ request: (request) => request.enhance({ timeout: milliseconds } as never) })
}

function noAddress(host: string): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR1003',
    what: `${JSON.stringify(host)} is not the address of a schema registry`,
    fix: 'Write it as http://host:port',
  })
}
