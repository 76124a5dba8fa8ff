/** What the verifier says, checked as it comes in: a verdict that leaves something out is none. */

export interface StepVerdict {
  readonly step: string
  readonly passed: boolean
  /** How often something was wrong. */
  readonly wrong: number
  /** The first sentences of that. */
  readonly complaints: readonly string[]
}

export interface Doctored {
  readonly role: string
  readonly topic: string
  readonly isWrong: boolean
  readonly rejected: boolean
}

export interface Verdict {
  readonly steps: readonly StepVerdict[]
  readonly lost: number
  readonly doubled: number
  /** Records by output. */
  readonly found: Readonly<Record<string, number>>
  /** Records of aborted transactions that are in the logs. */
  readonly aborted: number
  readonly doctored: readonly Doctored[]
}

/** Of the eleven steps the last, an external sink, does not apply: this release has none. */
export const stepCount = 10

/** @throws Error when a step is missing or not a number is where one must be */
export function parseVerdict(line: string): Verdict {
  const verdict = JSON.parse(line) as Verdict
  const numbers = verdict.steps?.map(({ step }) => Number.parseInt(step, 10)) ?? []
  const isWhole = numbers.length === stepCount && numbers.every((number, index) => number === index + 1)
  const counts = [verdict.lost, verdict.doubled, verdict.aborted]
  if (!isWhole || !counts.every(Number.isSafeInteger) || !Array.isArray(verdict.doctored))
    throw new Error(`The verifier gave no whole verdict: ${line.slice(0, 500)}`)
  return verdict
}
