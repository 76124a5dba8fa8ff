/** Everything that is compared, in the order of the summary. */
import { combinedFamilies } from './families/combined.ts'
import { foldFamilies } from './families/folds.ts'
import { joinFamilies } from './families/joins.ts'
import { statelessFamilies } from './families/stateless.ts'
import { tableFamilies } from './families/tables.ts'
import { timeFamilies } from './families/time.ts'
import { windowFamilies } from './families/windows.ts'
import type { Family } from './family.ts'

export const families: readonly Family[] = [
  ...statelessFamilies,
  ...foldFamilies,
  ...windowFamilies,
  ...joinFamilies,
  ...tableFamilies,
  ...timeFamilies,
  ...combinedFamilies,
]
