// What the file system refuses, in words for the person.
import { messageOf, UserError } from '../model/errors.js'

/** Causes that a person can mend, with the mend; `disk` holds what was being written. */
const MENDS: Readonly<Record<string, { readonly what: string; readonly mend: string }>> = {
  ENOSPC: { what: 'the disk is full', mend: 'Free some space there (`df -h`, `journalctl --vacuum-size=100M`).' },
  EDQUOT: { what: "the user's disk quota is used up", mend: 'Free some space or raise the quota.' },
  EROFS: { what: 'the file system is read-only', mend: 'Remount it writable; a failing disk turns itself read-only.' },
  EACCES: { what: 'permission denied', mend: 'Run hc as the owner of that folder, or give it back with chown.' },
  EPERM: { what: 'permission denied', mend: 'Run hc as the owner of that folder, or give it back with chown.' },
  EIO: { what: 'the disk reports an input/output error', mend: 'Look at `dmesg`: the disk may be failing.' },
  ENOTDIR: { what: 'a part of the path is no folder', mend: 'Check hc_store in the inventory.' },
  EMFILE: { what: 'too many open files', mend: 'Raise the limit of open files (`ulimit -n`).' },
}

/** The errno code of a Node system error (`ENOENT`), or null for any other error. */
export function errnoOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}

/**
 * A failed file operation as a UserError of code `store`, exit code 1. `outcome` says what state that leaves:
 * `nothing was changed`.
 */
export function storeError(error: unknown, doing: string, path: string, outcome: string): UserError {
  if (error instanceof UserError) return error
  const known = MENDS[errnoOf(error) ?? '']
  const what = known?.what ?? messageOf(error)
  return new UserError(`${doing} ${path} failed: ${what}; ${outcome}`, {
    code: 'store',
    exitCode: 1,
    hint: known?.mend ?? null,
  })
}
