/**
 * Configuration of topics (resource type 2) and brokers (4).
 *
 * Version notes: 1 sources and synonyms · 3 types and documentation · 4 flexible.
 */
import { api, array, bool, ignorable, int8, int16, int32, nullable, since, string } from '../schema.ts'

export const DescribeConfigs = api(32, 'DescribeConfigs', {
  versions: [1, 4],
  flexible: 4,
  request: {
    resources: array({ resourceType: int8, resourceName: string, configurationKeys: nullable(array(string)) }),
    includeSynonyms: bool,
    includeDocumentation: since(3, bool),
  },
  response: {
    throttleTimeMs: int32,
    results: array({
      errorCode: int16,
      errorMessage: nullable(string),
      resourceType: int8,
      resourceName: string,
      configs: array({
        name: string,
        value: nullable(string),
        readOnly: bool,
        configSource: int8,
        isSensitive: bool,
        synonyms: array({ name: string, value: nullable(string), source: int8 }),
        configType: ignorable(since(3, int8)),
        documentation: ignorable(since(3, nullable(string), '')),
      }),
    }),
  },
})
