/**
 * Names the SASL mechanism of the connection; a refusal lists those the broker has.
 *
 * Version notes: 1 the exchange follows in SaslAuthenticate requests instead of bare tokens (KIP-152).
 */
import { api, array, int16, string } from '../schema.ts'

export const SaslHandshake = api(17, 'SaslHandshake', {
  versions: [0, 1],
  flexible: 'none',
  request: { mechanism: string },
  response: { errorCode: int16, mechanisms: array(string) },
})
