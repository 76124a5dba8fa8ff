/** What the bodies of control requests hold, checked field by field. */
import { errorCode } from '../../wire/errors.ts'
import { type FaultAction, type FaultStep, faultActions, type RequestMatch } from '../faults.ts'
import type { Coordinated } from '../operations.ts'

/** A request that cannot be understood, or that the broker cannot do. */
export class ControlError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

export type Body = Readonly<Record<string, unknown>>

export function numberIn(body: Body, field: string): number {
  const value = body[field]
  if (typeof value === 'number' && Number.isInteger(value)) return value
  throw new ControlError(400, `the body needs a whole number as "${field}"`)
}

export function coordinatedIn({ group, transactionalId }: Body): Coordinated {
  if (typeof group === 'string' && transactionalId === undefined) return { group }
  if (typeof transactionalId === 'string' && group === undefined) return { transactionalId }
  throw new ControlError(400, 'the body needs a "group" or a "transactionalId"')
}

const texts = ['api', 'clientId', 'topic', 'transactionalId', 'groupId']
const numbers = ['node', 'nth', 'times']

export function matchIn(value: unknown): RequestMatch {
  const match = objectOf(value ?? {}, '"match"')
  for (const [field, given] of Object.entries(match)) {
    const isText = texts.includes(field) && typeof given === 'string'
    const isNumber = numbers.includes(field) && Number.isInteger(given)
    if (!isText && !isNumber) throw new ControlError(400, `"match" cannot have ${JSON.stringify({ [field]: given })}`)
  }
  return match
}

/** `action` is one, `steps` is a list of them, each one action or several. */
export function stepsIn({ action, steps }: Body): FaultStep[] {
  if (action !== undefined && steps === undefined) return [actionOf(action)]
  if (!Array.isArray(steps) || steps.length === 0 || action !== undefined) {
    throw new ControlError(400, 'the body needs an "action", or "steps", which is a list of them')
  }
  return steps.map((step) => (Array.isArray(step) ? step.map(actionOf) : actionOf(step)))
}

const makers: Readonly<Record<string, (body: Body) => FaultAction>> = {
  error: ({ code }) => faultActions.error(codeOf(code)),
  delay: (body) => faultActions.delay(numberIn(body, 'milliseconds')),
  throttle: (body) => faultActions.throttle(numberIn(body, 'milliseconds')),
  drop: () => faultActions.drop,
  closeBefore: () => faultActions.closeBefore,
  closeAfter: () => faultActions.closeAfter,
  duplicate: () => faultActions.duplicate,
}

function actionOf(value: unknown): FaultAction {
  const body = objectOf(value, 'an action')
  const make = typeof body.kind === 'string' && Object.hasOwn(makers, body.kind) ? makers[body.kind] : undefined
  if (make === undefined)
    throw new ControlError(400, `the "kind" of an action is one of ${Object.keys(makers).join(', ')}`)
  return make(body)
}

/** Kafka's name of the error, or its number. */
function codeOf(code: unknown): number {
  if (typeof code === 'number') return code
  if (typeof code === 'string' && Object.hasOwn(errorCode, code)) return errorCode[code as keyof typeof errorCode]
  throw new ControlError(400, 'an error needs Kafka\'s name or number of it as "code"')
}

export function objectOf(value: unknown, what: string): Body {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Body
  throw new ControlError(400, `${what} has to be an object`)
}
