/** What the threads of a worker process share, for whoever starts them: it loads nothing of what they run. */
export { breakerBuffer } from './runtime/breakers/cells.ts'
