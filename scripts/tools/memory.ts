/** The most memory a process has ever had. */
import { readFileSync } from 'node:fs'

/** In bytes; 0 where the system does not tell (only Linux does, for any process). */
export function rssHighWaterMark(pid: number | 'self'): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Number(kilobytes ?? 0) * 1024
  } catch {
    return 0
  }
}
