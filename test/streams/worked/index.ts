import { workedForeignKeys } from './foreign-key.ts'
import { workedJoins } from './joins.ts'
import { workedWindows } from './windows.ts'
import type { Worked } from './worked.ts'

export const workedCases: readonly Worked[] = [...workedWindows, ...workedJoins, ...workedForeignKeys]
