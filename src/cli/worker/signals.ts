/** SIGTERM and Ctrl-C: the first stops cleanly, the second cuts it short. */

const numbers = { SIGINT: 130, SIGTERM: 143 } as const

/** A stop asked for by a signal. `release` gives the signals back to Node. */
export interface Stop {
  readonly signal: AbortSignal
  release(): void
}

/**
 * Listens for SIGTERM and SIGINT. The first aborts `signal`, a second ends the process at once with 130 or 143.
 * @param stopping what to tell the user meanwhile
 */
export function stopOnSignal(stopping: string): Stop {
  const controller = new AbortController()
  const onSignal = (name: keyof typeof numbers): void => {
    if (controller.signal.aborted) process.exit(numbers[name])
    console.error(`${stopping} (again to cut it short)`)
    controller.abort()
  }
  const names = Object.keys(numbers) as (keyof typeof numbers)[]
  for (const name of names) process.on(name, onSignal)
  return {
    signal: controller.signal,
    release: () => {
      for (const name of names) process.off(name, onSignal)
    },
  }
}
