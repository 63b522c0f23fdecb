// known_hosts files on disk: read when they changed, appended to in one write.
import { mkdir, open, readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type KnownHostLine, knownHostLine, parseKnownHosts } from './known-hosts.js'

/** Files as last read, kept by modification time and size, so that 300 logins parse each once. */
export class KnownHostsFiles {
  private readonly cache = new Map<string, { stamp: string; lines: readonly KnownHostLine[] }>()

  /** All lines of the files, in their order. A file that is not there is empty; one that can't be read throws. */
  async read(files: readonly string[]): Promise<KnownHostLine[]> {
    const all = await Promise.all(files.map((file) => this.readOne(file)))
    return all.flat()
  }

  private async readOne(file: string): Promise<readonly KnownHostLine[]> {
    try {
      const { mtimeMs, size, ino } = await stat(file)
      const stamp = `${ino} ${mtimeMs} ${size}`
      const kept = this.cache.get(file)
      if (kept?.stamp === stamp) return kept.lines
      const lines = parseKnownHosts(file, await readFile(file, 'utf8'))
      this.cache.set(file, { stamp, lines })
      return lines
    } catch (error) {
      if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return []
      throw error
    }
  }
}

/**
 * Records a key under a name. One write to a file opened for appending, so that logins to many hosts at once (and ssh
 * itself beside them) lose no line; no rewriting, no lock. Folder and file are made private where they are missing.
 */
export async function appendKnownHost(file: string, name: string, key: Buffer, hashed: boolean): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const handle = await open(file, 'a+', 0o600)
  try {
    const { size } = await handle.stat()
    const last = Buffer.alloc(1)
    if (size > 0) await handle.read(last, 0, 1, size - 1)
    const gap = size > 0 && last.toString() !== '\n' ? '\n' : ''
    await handle.appendFile(`${gap}${knownHostLine(name, key, hashed)}\n`)
  } finally {
    await handle.close()
  }
}
