/** Node's cryptography, loaded with the first client that authenticates: it takes 4 MB of memory. */
export function crypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto')
}
