/**
 * Which APIs and versions a broker serves, and the features of its cluster. The first request on a connection.
 *
 * Version notes: 3 flexible, name of the client, features · 4 lowest feature version may be 0.
 * The answer always has the classic header, and a version that is too high is answered in version 0 with
 * UNSUPPORTED_VERSION (KIP-511).
 */
import { api, array, bool, ignorable, int16, int32, int64, since, string, tagged } from '../schema.ts'

export const ApiVersions = api(18, 'ApiVersions', {
  versions: [0, 4],
  flexible: 3,
  request: { clientSoftwareName: ignorable(since(3, string)), clientSoftwareVersion: ignorable(since(3, string)) },
  response: {
    errorCode: int16,
    apiKeys: array({ apiKey: int16, minVersion: int16, maxVersion: int16 }),
    throttleTimeMs: ignorable(since(1, int32)),
    supportedFeatures: ignorable(tagged(0, 3, array({ name: string, minVersion: int16, maxVersion: int16 }))),
    finalizedFeaturesEpoch: ignorable(tagged(1, 3, int64, -1)),
    finalizedFeatures: ignorable(tagged(2, 3, array({ name: string, maxVersionLevel: int16, minVersionLevel: int16 }))),
    zkMigrationReady: ignorable(tagged(3, 3, bool)),
  },
})
