/** Every variable Millrace reads. One table: `run` reads by it, `millrace help env` prints it. */

export interface Variable {
  readonly meaning: string
  readonly form: string
  readonly alias?: string
}

/** In the order help shows them. */
export const variables = {
  KAFKA_BROKERS: {
    meaning: 'Brokers to connect to first',
    form: 'host:port,host:port',
    alias: 'KAFKA_BOOTSTRAP_SERVERS',
  },
  KAFKA_CLIENT_ID: { meaning: "Name shown in the broker's logs and quotas", form: 'text, default millrace' },
  KAFKA_SASL_MECHANISM: { meaning: 'How to authenticate', form: 'plain (default) | scram-sha-256 | scram-sha-512' },
  KAFKA_SASL_USERNAME: { meaning: 'Who authenticates', form: 'text' },
  KAFKA_SASL_PASSWORD: { meaning: 'Its password', form: 'text' },
  KAFKA_SSL: { meaning: 'Whether to speak TLS', form: 'true | false, default true where one of its files is named' },
  KAFKA_SSL_CA: { meaning: "Authority that signs the brokers; absent: this machine's", form: 'path of a PEM file' },
  KAFKA_SSL_CERT: { meaning: "The client's certificate", form: 'path of a PEM file' },
  KAFKA_SSL_KEY: { meaning: "The client's key", form: 'path of a PEM file' },
  MILLRACE_INSTANCE: {
    meaning: 'Name of this worker; a restarted worker keeps it and gets its place back',
    form: 'text, drawn at the first start',
  },
  MILLRACE_GUARANTEE: {
    meaning: 'Whether a record may count again after a failure',
    form: 'exactly-once (default) | at-least-once',
  },
  MILLRACE_COMMIT_INTERVAL: { meaning: 'Time between two transactions', form: 'duration, default 100ms' },
  MILLRACE_SESSION_TIMEOUT: { meaning: 'Silence after which a worker is dead', form: 'duration, default 10s' },
  MILLRACE_OUT_OF_RANGE: {
    meaning: 'What to do when a committed position is no longer in the log',
    form: 'fail | earliest | latest',
  },
  MILLRACE_START_AT: { meaning: 'Where to begin without a committed position', form: 'earliest | latest' },
  MILLRACE_DLQ_RATE_LIMIT: {
    meaning: "Share of a task's records that may become dead letters; beyond it the task pauses",
    form: '5%/1m (default) | 20% | off',
  },
  MILLRACE_DLQ_INCLUDE_STACK: {
    meaning: 'Whether dead letters hold the stack of the error',
    form: 'true (default) | false',
  },
  MILLRACE_QUERIES_TOKEN: {
    meaning: 'Whoever asks a worker about its state must send it',
    form: 'text of 16 characters at least',
  },
  NO_COLOR: { meaning: 'No colour, whatever its value', form: 'any text' },
  FORCE_COLOR: { meaning: 'Colour, also where the output is no terminal', form: '1' },
} as const satisfies Record<string, Variable>

export type VariableName = keyof typeof variables
