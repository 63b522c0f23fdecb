// state.json: the records, over lowdb with an adapter that survives kill -9, power cuts and a full disk.
import { statSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { type Adapter, Low } from 'lowdb'
import { UserError } from '../model/errors.js'
import type { Records } from '../model/records.js'
import { Turns } from '../model/turns.js'
import { errnoOf, storeError } from './errors.js'
import { openIfThere, replaceFile } from './files.js'
import { formatRecords, parseRecords } from './format.js'

/** Tells one written version of a file from every other; `none` where there is no file. */
export type Identity = string

const NONE: Identity = 'none'

interface FileNumbers {
  readonly dev: bigint
  readonly ino: bigint
  readonly size: bigint
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
}

function identityOf({ dev, ino, size, mtimeNs, ctimeNs }: FileNumbers): Identity {
  return [dev, ino, size, mtimeNs, ctimeNs].join(':')
}

/** lowdb's own adapter writes a fixed temporary file and never syncs; this one does neither. */
class DurableAdapter implements Adapter<Records | null> {
  readonly #file: string
  /** Of the version that was read or written last. */
  identity: Identity = NONE

  constructor(file: string) {
    this.#file = file
  }

  async read(): Promise<Records | null> {
    const handle = await openIfThere(this.#file)
    if (handle === null) {
      this.identity = NONE
      return null
    }
    try {
      this.identity = identityOf(await handle.stat({ bigint: true }))
      return parseRecords(await handle.readFile('utf8'), this.#file)
    } finally {
      await handle.close()
    }
  }

  async write(records: Records | null): Promise<void> {
    if (records === null) return
    await replaceFile(this.#file, formatRecords(records), { durable: true, previous: `${this.#file}.prev` })
    this.identity = identityOf(await stat(this.#file, { bigint: true }))
  }
}

/** The records on disk. A read costs one stat(2) while nobody has written. */
export class RecordsFile {
  readonly path: string
  readonly #adapter: DurableAdapter
  #known: { readonly identity: Identity; readonly records: Records | null; readonly text: string | null } | null = null
  #ownWrite: Identity | null = null
  readonly #turns = new Turns()

  constructor(path: string) {
    this.path = path
    this.#adapter = new DurableAdapter(path)
  }

  /** The records, null where there are none. Throws UserError when they can't be read. */
  async read(): Promise<Records | null> {
    const identity = await this.#identity()
    if (this.#known?.identity === identity) return this.#known.records
    return this.#turns.take(async () => {
      const low = new Low<Records | null>(this.#adapter, null)
      try {
        await low.read()
      } catch (error) {
        throw storeError(error, 'Reading', this.path, 'nothing was changed')
      }
      this.#known = { identity: this.#adapter.identity, records: low.data, text: null }
      return low.data
    })
  }

  /** Replaces the records durably; does nothing where the file already says just that. */
  async write(records: Records): Promise<void> {
    await this.#turns.take(async () => {
      const text = formatRecords(records)
      if (this.#known?.text === text && this.#known.identity === (await this.#identity())) return
      try {
        await new Low<Records | null>(this.#adapter, records).write()
      } catch (error) {
        throw storeError(error, 'Writing', this.path, 'the records are as they were before')
      }
      this.#ownWrite = this.#adapter.identity
      this.#known = { identity: this.#adapter.identity, records, text }
    })
  }

  /** The version on disk now. Never throws: what can't be looked at counts as not there. */
  look(): Identity {
    try {
      return identityOf(statSync(this.path, { bigint: true }))
    } catch {
      return NONE
    }
  }

  /** True for the version that this object wrote last. */
  isOwn(identity: Identity): boolean {
    return identity === this.#ownWrite
  }

  async #identity(): Promise<Identity> {
    try {
      return identityOf(await stat(this.path, { bigint: true }))
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return NONE
      throw error instanceof UserError ? error : storeError(error, 'Reading', this.path, 'nothing was changed')
    }
  }
}
