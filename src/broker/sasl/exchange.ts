/** What the mechanisms have in common: a few steps, then it is known who speaks. */

export type Step =
  | { readonly kind: 'challenge'; readonly bytes: Buffer }
  | { readonly kind: 'known'; readonly bytes: Buffer; readonly principal: string; readonly expires: number | null }
  /** `message` is what the client is told. */
  | { readonly kind: 'refused'; readonly message: string }

/** One authentication under way. */
export interface Exchange {
  /** Takes what the client said and gives what it is told. */
  next(said: Buffer): Step | Promise<Step>
}

/** A mechanism that is on: begins exchanges. */
export type Mechanism = () => Exchange

export function refused(message: string): Step {
  return { kind: 'refused', message }
}

export function challenge(bytes: Buffer): Step {
  return { kind: 'challenge', bytes }
}

export function known(principal: string, bytes: Buffer = Buffer.alloc(0), expires: number | null = null): Step {
  return { kind: 'known', bytes, principal, expires }
}
