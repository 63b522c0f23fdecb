// ticks/ID.json.gz beside the records: what each tick that acted was decided from, the newest so many. Nothing rests on them:
// what can't be written is left out, and the folder is only made inside of one that is there.
import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { storeError } from './errors.js'
import { namesIn, readIfThere, replaceFile } from './files.js'

/** So many are kept, of so many bytes together, compressed. */
const MOST_TICKS = 200
const MOST_BYTES = 20 * 1024 * 1024
/** One that is larger when it is opened is none of ours. */
const MOST_OPENED = 512 * 1024 * 1024

const NAME = /^([\d-]{1,40})\.json\.gz$/

/** One that is kept. */
export interface StoredTick {
  readonly id: string
  /** Compressed. */
  readonly bytes: number
}

/** The ring of ticks in the store's folder. */
export class Ticks {
  readonly #folder: string
  readonly #bounds: { readonly ticks: number; readonly bytes: number }
  #writing: Promise<void> | null = null

  /** `bounds`: of the ring, where they are not the usual ones. */
  constructor(folder: string, bounds = { ticks: MOST_TICKS, bytes: MOST_BYTES }) {
    this.#folder = join(folder, 'ticks')
    this.#bounds = bounds
  }

  /** Keeps one, unless the last one is still being written. Never rejects. */
  async keep(id: string, text: () => string): Promise<void> {
    if (this.#writing !== null) return
    this.#writing = this.#keep(id, text)
      .catch(() => undefined) // a full disk must not keep hc from acting
      .finally(() => {
        this.#writing = null
      })
    await this.#writing
  }

  async #keep(id: string, text: () => string): Promise<void> {
    await mkdir(this.#folder, { mode: 0o700 }).catch(() => undefined)
    const bytes = await promisify(gzip)(text(), { level: 1 })
    if (bytes.length > this.#bounds.bytes) return
    await replaceFile(join(this.#folder, `${id}.json.gz`), bytes, { durable: false })
    await this.#prune()
  }

  /** The oldest go. */
  async #prune(): Promise<void> {
    let bytes = 0
    for (const [index, tick] of [...(await this.list())].reverse().entries()) {
      bytes += tick.bytes
      if (index < this.#bounds.ticks && bytes <= this.#bounds.bytes) continue
      await rm(join(this.#folder, `${tick.id}.json.gz`), { force: true })
    }
  }

  /** Those that are kept, oldest first. Throws UserError where the folder can't be read. */
  async list(): Promise<readonly StoredTick[]> {
    try {
      const names = await namesIn(this.#folder)
      const found = names.flatMap((name) => NAME.exec(name)?.[1] ?? [])
      const sizes = await Promise.all(found.map((id) => stat(join(this.#folder, `${id}.json.gz`)).catch(() => null)))
      return found.flatMap((id, index) => {
        const bytes = sizes[index]?.size
        return bytes === undefined ? [] : [{ id, bytes }]
      })
    } catch (error) {
      throw storeError(error, 'Reading', this.#folder, 'nothing was changed')
    }
  }

  /** The text of one; null where it is not kept. Throws UserError where it can't be read. */
  async read(id: string): Promise<string | null> {
    const file = join(this.#folder, `${id}.json.gz`)
    if (!NAME.test(`${id}.json.gz`)) return null
    try {
      const bytes = await readIfThere(file)
      return bytes && (await promisify(gunzip)(bytes, { maxOutputLength: MOST_OPENED })).toString('utf8')
    } catch (error) {
      throw storeError(error, 'Reading', file, 'nothing was changed')
    }
  }
}
