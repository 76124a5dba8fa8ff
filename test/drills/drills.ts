import { breaker } from './breaker/drill.ts'
import type { Drill } from './drill.ts'
import { letters } from './letters/drill.ts'
import { park } from './park/drill.ts'
import { poison } from './poison/drill.ts'
import { redrive } from './redrive/drill.ts'

export const drills: readonly Drill[] = [poison, breaker, park, redrive, letters]
