/** What can be done to a request, as data. */

/**
 * error: answered with that code, not executed · delay, hold: executed later · drop: neither executed nor answered ·
 * closeBefore: the connection ends, not executed · closeAfter: executed, then the connection ends, so that the client
 * cannot know · duplicate: executed twice, answered once · throttle: executed, the answer says so, and nothing more is
 * read from the connection meanwhile.
 */
export type FaultAction =
  | { readonly kind: 'error'; readonly code: number }
  | { readonly kind: 'delay'; readonly milliseconds: number }
  | { readonly kind: 'hold'; readonly until: Promise<unknown> }
  | { readonly kind: 'drop' }
  | { readonly kind: 'closeBefore' }
  | { readonly kind: 'closeAfter' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'throttle'; readonly milliseconds: number }

/**
 * The actions by name.
 * @example broker.faults.intercept({ api: 'Produce' }, faultActions.delay(500))
 */
export const faultActions: {
  error(code: number): FaultAction
  delay(milliseconds: number): FaultAction
  hold(until: Promise<unknown>): FaultAction
  throttle(milliseconds: number): FaultAction
  drop: FaultAction
  closeBefore: FaultAction
  closeAfter: FaultAction
  duplicate: FaultAction
} = {
  error: (code) => ({ kind: 'error', code }),
  delay: (milliseconds) => ({ kind: 'delay', milliseconds }),
  hold: (until) => ({ kind: 'hold', until }),
  throttle: (milliseconds) => ({ kind: 'throttle', milliseconds }),
  drop: { kind: 'drop' },
  closeBefore: { kind: 'closeBefore' },
  closeAfter: { kind: 'closeAfter' },
  duplicate: { kind: 'duplicate' },
}
