// Tells of changes that other processes make to one file.
import { type FSWatcher, statSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Millis } from '../model/names.js'

/** What the watcher asks of the file. */
export interface Watched {
  readonly path: string
  /** Names the version on disk now; never throws. */
  look(): string
  /** True for a version that this process wrote itself. */
  isOwn(version: string): boolean
}

/** One rename makes several events. */
const SETTLE_MS: Millis = 5
/** Finds what inotify can't tell: the folder deleted and made anew, network file systems, no watches left. */
const POLL_MS: Millis = 1000

/** Calls back, from the event loop, after each change by somebody else; deletion is one. Never throws. */
export function watchFile(file: Watched, onChange: () => void): { stop(): void } {
  const folder = dirname(file.path)
  const name = basename(file.path)
  let seen = file.look()
  let settling: NodeJS.Timeout | null = null
  let watcher: { readonly handle: FSWatcher; readonly ino: number } | null = null

  const check = () => {
    settling = null
    const version = file.look()
    if (version === seen) return
    seen = version
    if (!file.isOwn(version)) onChange()
  }
  const disarm = () => {
    watcher?.handle.close()
    watcher = null
  }
  const arm = () => {
    const ino = inodeOf(folder)
    if (watcher?.ino === ino) return
    disarm()
    if (ino === null) return
    try {
      const handle = watch(folder, (_kind, changed) => {
        if (changed === name) settling ??= setTimeout(check, SETTLE_MS)
      })
      handle.on('error', disarm)
      watcher = { handle, ino }
    } catch {
      // no inotify watches left: polling goes on
    }
  }
  arm()
  const poll = setInterval(() => {
    arm()
    check()
  }, POLL_MS)
  return {
    stop() {
      clearInterval(poll)
      if (settling !== null) clearTimeout(settling)
      disarm()
    },
  }
}

function inodeOf(path: string): number | null {
  try {
    return statSync(path).ino
  } catch {
    return null
  }
}
