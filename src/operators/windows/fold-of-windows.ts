/** The operator of a windowed fold, by the kind of its windows. */
import type { Windows } from '../../time/windows.ts'
import type { AggregateNode } from '../../topology/nodes.ts'
import type { Operator } from '../operator.ts'
import type { Site } from '../site.ts'
import { CountFold } from './count-fold.ts'
import { GlobalFold } from './global-fold.ts'
import { SessionFold } from './session-fold.ts'
import { SlidingFold } from './sliding-fold.ts'
import { TimeFold } from './time-fold.ts'

export function foldOfWindows(site: Site<AggregateNode>, windows: Windows): Operator {
  switch (windows.kind) {
    case 'tumbling':
    case 'hopping':
    case 'cumulate':
      return new TimeFold(site, windows)
    case 'sliding':
      return new SlidingFold(site, windows)
    case 'session':
      return new SessionFold(site, windows)
    case 'count':
      return new CountFold(site, windows)
    case 'global':
      return new GlobalFold(site, windows)
  }
}
