import type { Topology } from '../../src/index.ts'
import { counted } from './running-topologies.ts'

export const built: Topology = counted('by-command').built
