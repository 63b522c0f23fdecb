// Bytes by their sha256: contents of jobs' files as they were applied.
import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { eachWithin } from '../remote/limit.js'
import { storeError } from './errors.js'
import { makePrivateFolder, namesIn, readIfThere, removeStaleTemps, replaceFile, syncFolder } from './files.js'

const SHA256 = /^[0-9a-f]{64}$/

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Blobs that are written at once: each waits for the disk. */
const AT_ONCE = 8

/** The folder of blobs. Changes need the lock. */
export class Blobs {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Keeps each durably; their sha256, hex. */
  async put(all: readonly Uint8Array[]): Promise<readonly string[]> {
    try {
      await makePrivateFolder(this.#folder)
      const names = await eachWithin(all, AT_ONCE, (bytes) => this.#putOne(bytes))
      await syncFolder(this.#folder)
      return names
    } catch (error) {
      throw storeError(error, 'Writing', this.#folder, 'the records are as they were before')
    }
  }

  /** Durable once the folder is synced. */
  async #putOne(bytes: Uint8Array): Promise<string> {
    const name = sha256(bytes)
    if ((await this.get(name)) === null) await replaceFile(join(this.#folder, name), bytes, { durable: 'bytes' })
    return name
  }

  /** The bytes; null where there are none, or they no longer are what they were (a broken disk). */
  async get(name: string): Promise<Uint8Array | null> {
    if (!SHA256.test(name)) return null
    const path = join(this.#folder, name)
    try {
      const bytes = await readIfThere(path)
      return bytes !== null && sha256(bytes) === name ? bytes : null
    } catch (error) {
      throw storeError(error, 'Reading', path, 'nothing was changed')
    }
  }

  /** All of them, by name. */
  async all(): Promise<Readonly<Record<string, Uint8Array>>> {
    const found: Record<string, Uint8Array> = {}
    for (const name of await namesIn(this.#folder)) {
      const bytes = await this.get(name)
      if (bytes !== null) found[name] = bytes
    }
    return found
  }

  /** Drops all others, and what dead writers left. */
  async prune(keep: readonly string[]): Promise<void> {
    const kept = new Set(keep)
    try {
      await removeStaleTemps(this.#folder, () => false)
      for (const name of await namesIn(this.#folder)) {
        if (SHA256.test(name) && !kept.has(name)) await rm(join(this.#folder, name), { force: true })
      }
    } catch (error) {
      throw storeError(error, 'Tidying', this.#folder, 'some unused copies of files are left')
    }
  }
}
