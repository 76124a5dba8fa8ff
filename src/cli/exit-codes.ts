/** What the number means with which `millrace` ends. */
export const exitCodes = {
  0: 'done; also "already so"',
  1: 'failure without a better number',
  2: 'usage: unknown flag, missing argument, bad value, bad configuration, a topology that cannot run',
  3: 'the named thing was not found',
  4: 'authentication or authorization',
  5: 'unreachable: no broker answers',
  6: 'a check failed',
  10: 'partial: some done, the rest is listed in the output',
  130: 'a second Ctrl-C cut the stop short',
  143: 'a second SIGTERM cut the stop short',
} as const
