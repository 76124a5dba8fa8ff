/** CPU time as Linux tells it in `/proc/PID/stat`; elsewhere it is 0. */
import { readFileSync } from 'node:fs'

/** The kernel's unit for programs, the same on every Linux. */
const ticksPerSecond = 100

/** CPU time in seconds. */
export interface CpuTimes {
  /** Of the process, all its threads. */
  readonly own: number
  /** Of its children that have ended, and of theirs. */
  readonly children: number
}

/** What a process has used so far; zeros for one that is gone. */
export function cpuTimesOf(pid: number | 'self'): CpuTimes {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return { own: 0, children: 0 }
  }
}

/** The name of the process, in brackets, may hold spaces and brackets: fields are counted behind the last one. */
export function parseStat(stat: string): CpuTimes {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const seconds = (index: number): number => Number(fields[index]) / ticksPerSecond
  // utime, stime, cutime and cstime are the fields 14 to 17 of all.
  return { own: seconds(11) + seconds(12), children: seconds(13) + seconds(14) }
}
