/** What the registry refuses, in the codes of Confluent's REST interface. */

export interface ErrorBody {
  readonly error_code: number
  readonly message: string
}

/** The answer to a request that can't be served. The HTTP status is the front of the code. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError'
  readonly code: number

  constructor(code: number, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }

  get status(): number {
    return this.code < 1_000 ? this.code : Math.floor(this.code / 100)
  }

  get body(): ErrorBody {
    return { error_code: this.code, message: this.message }
  }
}

function make(code: number, message: string): RegistryError {
  return new RegistryError(code, message)
}

/** What was sent may be long, or nested without end. */
function shown(given: unknown): string {
  return typeof given === 'string' ? JSON.stringify(given.slice(0, 100)) : `of type ${typeof given}`
}

/** One maker per refusal. */
export const refusals = {
  notFound: (path: string) => make(404, `There is nothing at ${path}`),
  methodNotAllowed: (method: string, path: string) => make(405, `${method} is not possible on ${path}`),
  malformed: (why: string) => make(400, why),
  tooLarge: (limit: number) => make(413, `The body is larger than ${limit} bytes`),
  unknownSubject: (subject: string) => make(40401, `Subject '${subject}' not found.`),
  unknownVersion: (version: number | string) => make(40402, `Version ${version} not found.`),
  unknownSchema: (what: string) => make(40403, `Schema ${what} not found`),
  subjectDeleted: (subject: string) =>
    make(40404, `Subject '${subject}' was soft deleted. Set permanent=true to delete permanently`),
  subjectNotDeleted: (subject: string) =>
    make(40405, `Subject '${subject}' was not deleted first before being permanently deleted`),
  versionDeleted: (subject: string, version: number) =>
    make(40406, `Subject '${subject}' Version ${version} was soft deleted. Set permanent=true to delete permanently`),
  versionNotDeleted: (subject: string, version: number) =>
    make(40407, `Subject '${subject}' Version ${version} was not deleted first before being permanently deleted`),
  noLevel: (subject: string) =>
    make(40408, `Subject '${subject}' does not have subject-level compatibility configured`),
  noMode: (subject: string) => make(40409, `Subject '${subject}' does not have subject-level mode configured`),
  incompatible: (messages: readonly string[]) =>
    make(409, `Schema being registered is incompatible with an earlier schema; details: ${JSON.stringify(messages)}`),
  invalidSchema: (why: string) => make(42201, `Invalid schema: ${why}`),
  invalidVersion: (version: string) =>
    make(42202, `The specified version '${version}' is not a valid version id: a number from 1 on, or "latest"`),
  invalidLevel: (given: unknown, known: readonly string[]) =>
    make(42203, `Invalid compatibility level ${shown(given)}. Valid values are ${known.join(', ')}`),
  invalidMode: (given: unknown, known: readonly string[]) =>
    make(42204, `Invalid mode ${shown(given)}. Valid values are ${known.join(', ')}`),
  notPermitted: (why: string) => make(42205, why),
  referenced: (subject: string, version: number) =>
    make(42206, `One or more references exist to version ${version} of subject '${subject}'`),
  otherId: (id: number) => make(42207, `Id ${id} is taken by another schema`),
  store: (why: string) => make(50001, `The topic of the registry failed: ${why}`),
} as const
