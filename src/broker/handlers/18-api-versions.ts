/**
 * ApiVersions.
 * Behaviour: what is served, and the finalised features. Which transaction protocol clients use hangs on the feature
 * `transaction.version`, whether there are groups of the newer protocol on `group.version`.
 * Version notes: 0 also answers versions nobody knows, with UNSUPPORTED_VERSION · 3 features (KIP-584) · 4 features
 * whose lowest version is 0 may be named.
 */
import { ApiVersions } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { ResponseInput } from '../../wire/schema.ts'
import type { Broker } from '../broker.ts'
import { type AnyHandler, handler } from '../handler.ts'

const lowestZeroFrom = 4

/** Made with the handlers it tells of, itself included. */
export function apiVersionsOf(handlers: () => readonly AnyHandler[]): AnyHandler {
  return handler({
    api: ApiVersions,
    execute(_, broker, { version }) {
      return {
        errorCode: errorCode.NONE,
        apiKeys: advertised(handlers()),
        throttleTimeMs: 0,
        ...features(broker, version),
      }
    },
    refuse: (_, code) => ({ errorCode: code, apiKeys: advertised(handlers()) }),
  })
}

function advertised(handlers: readonly AnyHandler[]): ResponseInput<typeof ApiVersions>['apiKeys'] {
  return handlers.map(({ api, advertised: told }) => {
    const [minVersion, maxVersion] = told ?? api.versions
    return { apiKey: api.key, minVersion, maxVersion }
  })
}

function features({ settings }: Broker, version: number): Partial<ResponseInput<typeof ApiVersions>> {
  const levels = [
    { name: 'group.version', level: settings.groupVersion, highest: 1 },
    { name: 'transaction.version', level: settings.transactionVersion, highest: 2 },
  ]
  return {
    supportedFeatures:
      version < lowestZeroFrom ? [] : levels.map(({ name, highest }) => ({ name, minVersion: 0, maxVersion: highest })),
    finalizedFeaturesEpoch: 0,
    finalizedFeatures: levels
      .filter(({ level }) => level > 0)
      .map(({ name, level }) => ({ name, maxVersionLevel: level, minVersionLevel: level })),
  }
}
