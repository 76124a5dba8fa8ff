/** Finds the handler for a method and a path. */
import { refusals } from '../errors.ts'
import { type Handler, routes } from './routes.ts'

interface Found {
  readonly handler: Handler
  readonly parameters: readonly string[]
}

const table = Object.entries(routes).map(([route, handler]) => {
  const [method, path] = route.split(' ') as [string, string]
  return { method, steps: stepsOf(path), handler }
})

/** @throws RegistryError 404, 405, or 400 for a path that is no text */
export function findRoute(method: string, path: string): Found {
  const steps = stepsOf(path)
  const matching = table.filter((route) => matches(route.steps, steps))
  if (matching.length === 0) throw refusals.notFound(path)
  const found = matching.find((route) => route.method === method)
  if (found === undefined) throw refusals.methodNotAllowed(method, path)
  const parameters = steps.filter((_, place) => found.steps[place] === '*').map(decode)
  return { handler: found.handler, parameters }
}

function stepsOf(path: string): string[] {
  return path.split('/').filter((step) => step !== '')
}

function matches(route: readonly string[], steps: readonly string[]): boolean {
  return route.length === steps.length && route.every((step, place) => step === '*' || step === steps[place])
}

function decode(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    throw refusals.malformed(`${step} in the path is not encoded rightly`)
  }
}
