/** What a script is made of. */
import type { Random } from '../../src/random.ts'
import type { World } from './world.ts'

/** The choices of one step, drawn from the seed alone: both brokers get the same. */
export type Choices = Readonly<Record<string, string | number | boolean>>

export interface Operation {
  /** How often it is drawn, beside the others. */
  readonly weight: number
  choose(random: Random): Choices
  /** Sends the request and gives the answer in a form that is equal wherever two brokers behave alike. */
  perform(world: World, choices: Choices): Promise<unknown>
}

/** Keeps the type of the choices between both functions. */
export function operation<C extends Choices>(definition: {
  readonly weight: number
  choose(random: Random): C
  perform(world: World, choices: C): Promise<unknown>
}): Operation {
  return definition as unknown as Operation
}

export interface Step {
  readonly operation: string
  readonly choices: Choices
}
