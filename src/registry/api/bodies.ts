/** The shapes that are answered. */
import type { Content, Version } from '../model.ts'

/** Avro is not named, and no references are left out: so clients from before there was anything else understand it. */
export function contentBody({ schemaType, schema, references }: Content): object {
  return {
    ...(schemaType !== 'AVRO' && { schemaType }),
    schema,
    ...(references.length > 0 && { references }),
  }
}

export function versionBody({ subject, version, id, ...content }: Version): object {
  return { subject, version, id, ...contentBody(content) }
}
