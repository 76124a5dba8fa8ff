/** What a fault is: a name, and how it is caused. */
import type { World } from '../world.ts'

/**
 * Causes one, now or at the next occasion. It calls `world.hit` with its name when it has really happened: one that was
 * prepared and never struck does not count.
 */
export type Cause = (world: World, hit: () => void) => void
