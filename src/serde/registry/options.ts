/** What the serdes of a registry have in common. */
import { type Clock, type Duration, systemClock } from '../../clock.ts'
import { confluentSource } from './confluent.ts'
import type { RegistrySettings } from './settings.ts'
import type { SchemaSource } from './source.ts'
import type { SubjectNaming } from './subject.ts'

export interface RegistrySerdeOptions {
  /** Its address, the settings of its client, or a registry such as `memoryRegistry()`. */
  readonly registry: string | RegistrySettings | SchemaSource
  /** Under which subject the schema is registered: `topic` when left out. */
  readonly subject?: SubjectNaming
  /** False: the schema must be registered already, or the worker does not start. */
  readonly autoRegister?: boolean
  /**
   * How long a record waits for a schema while the registry does not answer; its partition waits with it. Then the
   * policy of the step decides (MR3006). For as long as it takes when left out: nothing is lost.
   */
  readonly timeout?: Duration
  readonly clock?: Clock
}

export interface RegistryUse {
  readonly source: SchemaSource
  readonly naming: SubjectNaming
  readonly autoRegister: boolean
  readonly timeout: Duration | null
  readonly clock: Clock
}

export function registryUse(options: RegistrySerdeOptions): RegistryUse {
  return {
    source: sourceOf(options.registry),
    naming: options.subject ?? 'topic',
    autoRegister: options.autoRegister ?? true,
    timeout: options.timeout ?? null,
    clock: options.clock ?? systemClock,
  }
}

function sourceOf(registry: RegistrySerdeOptions['registry']): SchemaSource {
  if (typeof registry === 'string') return confluentSource({ host: registry })
  return 'host' in registry ? confluentSource(registry) : registry
}
