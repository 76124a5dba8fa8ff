/** Whether a command that writes is to do so. */
import { MillraceError } from '../../faults.ts'
import type { MoveFlags } from './move-flags.ts'

/** Somebody sees what is printed, or types what is read. */
function isSomebodyThere(): boolean {
  return [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY)
}

/**
 * True with `--yes`; else nothing is written, and what would be is only told. Where nobody is there to read that, a
 * script that forgot the flag must not go on as if it had been done.
 * @throws MillraceError MR1005 for both flags; MR1001 without a terminal and without either of them
 */
export function isMeant(
  { yes = false, dryRun = false }: Pick<MoveFlags, 'yes' | 'dryRun'>,
  somebody: () => boolean = isSomebodyThere,
): boolean {
  if (yes && dryRun) {
    throw new MillraceError('fatal', {
      code: 'MR1005',
      what: '--yes and --dry-run exclude each other',
      fix: 'Give one of them',
    })
  }
  if (yes || dryRun || somebody()) return yes
  throw new MillraceError('fatal', {
    code: 'MR1001',
    what: 'Nothing says whether it is meant: --yes is missing',
    why: 'there is no terminal on which somebody could see what would be done',
    fix: 'Add --yes to do it, or --dry-run to be told what it would do',
  })
}
