/** How a registry is reached. */
import type { SchemaRegistry } from '@kafkajs/confluent-schema-registry'
import type { Duration } from '../../clock.ts'

/** The client's own. */
export type ClientSettings = ConstructorParameters<typeof SchemaRegistry>[0]

/** Settings of the client; `host` is the address, `http://localhost:8081`. */
export interface RegistrySettings extends Pick<ClientSettings, 'host' | 'auth' | 'agent' | 'clientId'> {
  /** A request without an answer has failed after this; 10 seconds when left out. */
  readonly requestTimeout?: Duration
}
