/** A failed seed for people: what was wrong, what had been planned, and the command that runs it again. */
import type { FailedSeed } from './campaign.ts'

const mostFindings = 5
const longestFinding = 600

/** @example describeFailed(failed, 'counts.sim.ts') // millrace sim counts.sim.ts --simulation counts --seed 0x2a … */
export function describeFailed({ simulation, seed, cut, result }: FailedSeed, file: string): string {
  const kept =
    cut === null ? '' : ` --only ${cut.only.length === 0 ? 'none' : cut.only.join(',')} --records ${cut.records}`
  const findings = result.failures.slice(0, mostFindings)
  const more = result.failures.length - findings.length
  return [
    `millrace sim ${file} --simulation ${simulation} --seed 0x${seed.toString(16)}${kept}`,
    ...findings.map(({ oracle, what }) => `  ${oracle}: ${what.slice(0, longestFinding)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...result.faults.map(({ number, name, at }) => `  fault ${number}: ${name} after ${at} ms`),
  ].join('\n')
}
