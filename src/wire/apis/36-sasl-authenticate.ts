/**
 * One step of a SASL exchange (KIP-152).
 *
 * Version notes: 1 how long the session lasts before the client must authenticate again (KIP-368) · 2 flexible.
 */
import { api, bytes, ignorable, int16, int64, nullable, since, string } from '../schema.ts'

export const SaslAuthenticate = api(36, 'SaslAuthenticate', {
  versions: [0, 2],
  flexible: 2,
  request: { authBytes: bytes },
  response: {
    errorCode: int16,
    errorMessage: nullable(string),
    authBytes: bytes,
    sessionLifetimeMs: ignorable(since(1, int64)),
  },
})
