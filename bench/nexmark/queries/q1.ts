/** Query 1: prices in euros. */
import type { Topology } from '../../../src/index.ts'
import { inEuros } from './euros.ts'

export const q1: Topology = inEuros('q1')
