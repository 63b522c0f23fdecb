// The store itself: copies of it, and its move.
import type { BackupView, MigrateView, RestoreView } from '../../model/store-copies.js'
import { resolvePath } from '../../spec/paths.js'
import { backupStore, restoreStore } from '../store-copies.js'
import { migrateStore } from '../store-move.js'
import type { Wiring } from './desk.js'

/** The store as a whole. Paths are seen from the working folder. */
export interface StoreDesk {
  /** Copies it into one file. Throws UserError. */
  backupStore(file: string): Promise<BackupView>
  /** Puts a backup in its place. Throws UserError where that would lose something and is not forced, or a loop ticks. */
  restoreStore(file: string, options: { readonly force: boolean }): Promise<RestoreView>
  /** Moves it. `to`: as in hc_store, or `file`. Throws UserError where it can't be moved, or a loop ticks. */
  migrateStore(to: string): Promise<MigrateView>
}

/** The desk over the real doors. */
export function storeDesk({ world, copies, workingFolder }: Wiring): StoreDesk {
  return {
    backupStore: (file) => backupStore(world, copies, resolvePath(workingFolder, file)),
    restoreStore: (file, options) => restoreStore(world, copies, resolvePath(workingFolder, file), options),
    migrateStore: (to) => migrateStore(world, copies, to),
  }
}
