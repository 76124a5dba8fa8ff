/** JSON in, one number changed, JSON out. */
import type { Topology } from '../../../src/index.ts'
import { inEuros } from './euros.ts'

export const map: Topology = inEuros('map')
