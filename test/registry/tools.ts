/** A registry under test, and requests as any HTTP client makes them. */
import { afterAll, onTestFinished } from 'vitest'
import { type EmbeddedRegistry, type RegistryOptions, startRegistry } from '../../src/registry/index.ts'

export interface Answer {
  readonly status: number
  readonly body: unknown
}

export interface RegistryUnderTest extends EmbeddedRegistry {
  ask(method: string, path: string, body?: unknown): Promise<Answer>
  /** Registers an Avro or (given a type) another schema. */
  register(subject: string, schema: unknown, more?: object): Promise<Answer>
}

/** Ends with the test file, or (`test`) with the test that asks for it. */
export async function registryUnderTest(
  options: RegistryOptions = {},
  endsWith: 'file' | 'test' = 'file',
): Promise<RegistryUnderTest> {
  const registry = await startRegistry(options)
  let closing: Promise<void> | null = null
  const close = (): Promise<void> => {
    closing ??= registry.close()
    return closing
  }
  if (endsWith === 'file') afterAll(close)
  else onTestFinished(close)
  const ask = (method: string, path: string, body?: unknown): Promise<Answer> =>
    request(`${registry.url}${path}`, method, body)
  const register = (subject: string, schema: unknown, more: object = {}): Promise<Answer> =>
    ask('POST', `/subjects/${encodeURIComponent(subject)}/versions`, { schema: textOf(schema), ...more })
  return { ...registry, close, ask, register }
}

/** A body that is text is sent as it is. */
export async function request(url: string, method: string, body?: unknown): Promise<Answer> {
  const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' }
  const text = body === undefined ? null : textOf(body)
  const response = await fetch(url, { method, headers, body: text })
  const answered = await response.text()
  return { status: response.status, body: JSON.parse(answered) as unknown }
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** A record with these fields, each `name: type` or a whole field. */
export function record(fields: Readonly<Record<string, unknown>>, more: object = {}): object {
  const list = Object.entries(fields).map(([name, type]) =>
    typeof type === 'object' && type !== null && 'default' in type ? { name, ...type } : { name, type },
  )
  return { type: 'record', name: 'Order', namespace: 'shop', fields: list, ...more }
}
