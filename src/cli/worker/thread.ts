/** The entry of a worker thread of `millrace run`: what it imports is compiled once for all starts, as on the main thread. */
import { enableCompileCache } from 'node:module'

enableCompileCache()
await import('./thread-work.ts')
