/** How much memory a run has left behind. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const bytesPerMegabyte = 1_048_576

/** Megabytes that are held after everything else was freed: heap and buffers. */
export function heldMegabytes(): number {
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / bytesPerMegabyte
}
