// Text files of the operator that hc edits: read to the last byte, replaced whole, and only while they are what was read.
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import {
  access,
  cp,
  lchown,
  lstat,
  mkdtemp,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { messageOf, UserError } from '../model/errors.js'
import type { TextFiles } from '../ports.js'

/** The text files of this machine. */
export function createTextFiles(): TextFiles {
  return {
    read,
    replace: (path, before, after) => explained(path, () => replace(path, before, after)),
    copy: (from, to) =>
      explained(to, async () => {
        await cp(from, to, {
          recursive: true,
          errorOnExist: true,
          force: false,
          preserveTimestamps: true,
          verbatimSymlinks: true,
        })
        await keepOwners(from, to)
      }),
    remove: (path) => explained(path, () => rm(path, { recursive: true, force: true })),
    draft: async (name, text) => {
      const path = join(await mkdtemp(join(tmpdir(), 'hc-edit-')), basename(name))
      await explained(path, () => writeFile(path, text, { mode: 0o600, flag: 'wx' }))
      return path
    },
  }
}

async function read(path: string): Promise<string> {
  const bytes = await explained(path, () => readFile(path))
  try {
    // The byte order mark stays in the text: what is written back is what was read.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new UserError(`${path} is no UTF-8 text`, { hint: 'convert it: iconv -t UTF-8' })
  }
}

async function explained<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof UserError) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const why = WORDS[code] ?? messageOf(error)
    const hint = HINTS[code] ?? null
    const gone = code === 'ENOENT'
    throw new UserError(`${path}: ${why}`, {
      code: gone ? 'not-found' : 'invalid',
      missing: gone ? path : null,
      hint,
    })
  }
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not do that',
  EPERM: 'this user may not do that',
  EISDIR: 'it is a folder',
  ENOSPC: 'the disk is full, and nothing was changed',
  EROFS: 'the file system can only be read',
  ERR_FS_CP_EEXIST: 'it is there already',
}

const NOT_ITS_OWNER = 'run hc as the owner of that file and its folder, or give them to this user with chown'
const HINTS: Readonly<Record<string, string>> = { EACCES: NOT_ITS_OWNER, EPERM: NOT_ITS_OWNER }

/** A link stays a link: the file that it leads to is replaced. */
async function replace(path: string, before: string, after: string): Promise<void> {
  const file = await realpath(path)
  await access(file, constants.W_OK)
  const { mode, uid, gid } = await stat(file)
  const temp = join(dirname(file), `.${basename(file)}.${randomBytes(4).toString('hex')}.tmp`)
  try {
    const handle = await open(temp, 'wx', 0o600)
    try {
      await handle.writeFile(after)
      const made = await handle.stat()
      if (made.uid !== uid || made.gid !== gid) await keepOwner(path, () => handle.chown(uid, gid))
      await handle.chmod(mode & 0o7777)
      await handle.sync()
    } finally {
      await handle.close()
    }
    if ((await read(file)) !== before) {
      throw new UserError(`${path} was changed by someone else meanwhile`, {
        hint: 'nothing was written: look at it, and say it again',
      })
    }
    await rename(temp, file)
  } catch (error) {
    await rm(temp, { force: true })
    throw error
  }
  await syncFolder(dirname(file))
}

async function keepOwner(path: string, change: () => Promise<void>): Promise<void> {
  try {
    await change()
  } catch {
    throw new UserError(`${path} belongs to another user or group, which a new version would not`, {
      hint: 'edit it as its owner, or with sudo',
    })
  }
}

/** A copy made by root stays its owner's, with all that is in it. */
async function keepOwners(from: string, to: string): Promise<void> {
  const below = (await lstat(from)).isDirectory() ? await readdir(from, { recursive: true }) : []
  for (const path of ['', ...below]) {
    const { uid, gid } = await lstat(join(from, path))
    const made = await lstat(join(to, path))
    if (made.uid !== uid || made.gid !== gid) await keepOwner(from, () => lchown(join(to, path), uid, gid))
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
