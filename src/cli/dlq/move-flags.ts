/** Flags of the verbs that move letters, as commander gives them. */
import type { DlqFlags, FilterFlags } from './flags.ts'

export interface MoveFlags extends DlqFlags {
  readonly who?: string
  readonly yes?: boolean
  readonly dryRun?: boolean
}

export interface RedriveFlags extends MoveFlags, FilterFlags {
  readonly topology?: string
  readonly to?: string
  readonly limit?: number
  readonly rate?: number
  readonly maxRedrives: number
}

export interface JobFlags extends MoveFlags {
  readonly topology?: string
}

export interface EditFlags extends MoveFlags {
  readonly topology?: string
  readonly value?: string
}

export interface PurgeFlags extends MoveFlags, FilterFlags {
  readonly topology?: string
  readonly before?: string
}
