// inventory.yml and the variable files beside it: read again when one of them changes; a faulty version changes nothing.
import { type Fault, formatAt, UserError } from '../model/errors.js'
import type { Host, Inventory } from '../model/host.js'
import type { HostName } from '../model/names.js'
import type { Sources } from '../ports.js'
import { type InventoryData, parseInventory, type ReadInventory } from '../spec/inventory.js'
import { folderOf, resolvePath } from '../spec/paths.js'
import { isVariableFile, VARIABLE_FOLDERS } from '../spec/variables.js'

/** How deep variable folders are read. */
const DEPTH = 5

/** Texts by absolute path: what an inventory was read from. */
export type InventoryTexts = Readonly<Record<string, string>>

type Good = Extract<ReadInventory, { readonly inventory: Inventory }>

/** Reads an inventory and keeps the last good version in force. */
export class InventoryReader {
  readonly file: string
  readonly #sources: Sources
  readonly #onFault: ((text: string) => void) | null
  readonly #here: HostName | null
  #stamps = ''
  #good: Good | null = null
  #texts: InventoryTexts = {}
  #fault: string | null = null

  /**
   * `onFault`: told once per faulty version, which is then passed over; null: it is thrown. `here`: the host that this machine
   * is, where the inventory was written on another one (`hc control add`); null: it was written here.
   */
  constructor(file: string, sources: Sources, onFault: ((text: string) => void) | null, here: HostName | null = null) {
    this.#here = here
    this.file = file
    this.#sources = sources
    this.#onFault = onFault
  }

  /** What the version in force was read from, for the store. */
  get texts(): InventoryTexts {
    return this.#texts
  }

  /** What is wrong with the file as it is now, while an earlier version is in force; null: nothing. */
  get fault(): string | null {
    return this.#fault
  }

  /** Begins with an earlier version, kept in the store, for the case that the present one is faulty. */
  fallBackOn(texts: InventoryTexts): void {
    if (this.#good) return
    const own = asOf(this.file, texts)
    const read = this.#parse(own)
    if ('inventory' in read) {
      this.#good = read
      this.#texts = own
    }
  }

  /** The inventory in force with everything that can be asked of it. Throws UserError. */
  async read(): Promise<Good> {
    const stamps = await this.#stamp()
    if (this.#good && stamps === this.#stamps) return this.#good
    const firstLook = stamps !== this.#stamps
    this.#stamps = stamps
    try {
      const texts = await this.#load()
      const read = this.#parse(texts)
      if ('faults' in read) throw faulty(this.file, read.faults)
      // A file that was emptied by a slip must not make every host of a running cluster unknown.
      if (this.#good && this.#good.inventory.hosts.length > 0 && read.inventory.hosts.length === 0) {
        throw new UserError(`${this.file} has no hosts any more`)
      }
      this.#good = read
      this.#texts = texts
      this.#fault = null
    } catch (error) {
      if (!(error instanceof UserError) || !this.#onFault || !this.#good) throw error
      this.#fault = `${describe(error)}; the last good version stays in force`
      if (firstLook) this.#onFault(this.#fault)
    }
    return this.#good
  }

  /**
   * The inventory as Ansible reads it, also where hc can't go by it: then with what is wrong. Throws UserError where
   * nobody can read it.
   */
  async readAsAnsible(): Promise<{ readonly data: InventoryData; readonly faults: readonly Fault[] }> {
    const read = this.#parse(await this.#load())
    if (read.data === null) throw faulty(this.file, 'faults' in read ? read.faults : [])
    return { data: read.data, faults: 'faults' in read ? read.faults : [] }
  }

  async #stamp(): Promise<string> {
    const folder = folderOf(this.file)
    const own = await this.#sources.stamp(this.file)
    const beside = await Promise.all(
      VARIABLE_FOLDERS.map(async (name) => {
        const path = resolvePath(folder, name)
        if ((await this.#sources.stamp(path)) === null) return ''
        const files = await this.#sources.list(path, DEPTH)
        const stamps = await Promise.all(files.map((file) => this.#sources.stamp(resolvePath(path, file))))
        return files.map((file, index) => `${file} ${stamps[index]?.value}`).join('\n')
      }),
    )
    return [own?.value ?? 'none', ...beside].join('\n')
  }

  async #load(): Promise<InventoryTexts> {
    const folder = folderOf(this.file)
    const decode = new TextDecoder()
    if ((await this.#sources.stamp(this.file))?.kind === 'folder') {
      const hint = 'hc reads one file and the group_vars/ and host_vars/ beside it: name that file with -i'
      throw new UserError(`${this.file} is a folder`, { hint })
    }
    const texts: Record<string, string> = { [this.file]: decode.decode(await this.#sources.readFile(this.file)) }
    for (const name of VARIABLE_FOLDERS) {
      const paths = await this.#sources.list(resolvePath(folder, name), DEPTH)
      for (const path of await variableFolders(this.#sources, resolvePath(folder, name), paths)) texts[path] = ''
      for (const path of paths) {
        if (!isVariableFile(`${name}/${path}`)) continue
        const absolute = resolvePath(folder, `${name}/${path}`)
        texts[absolute] = decode.decode(await this.#sources.readFile(absolute))
      }
    }
    return texts
  }

  #parse(texts: InventoryTexts): ReadInventory {
    const folder = folderOf(this.file)
    const beside: Record<string, string> = {}
    for (const [path, text] of Object.entries(texts)) {
      if (path !== this.file) beside[path.slice(folder.length + 1)] = text
    }
    // A loop runs from anywhere: a relative key file is seen from the inventory's own folder.
    const read = parseInventory({ file: this.file, text: texts[this.file] ?? '', beside, workingFolder: folder })
    if (!('inventory' in read) || this.#here === null) return read
    return { ...read, inventory: seenFrom(this.#here, read.inventory) }
  }
}

/** `ansible_connection: local` is said of the machine where the inventory was written: from any other it is reached over ssh. */
function seenFrom(here: HostName, inventory: Inventory): Inventory {
  const seen = (host: Host): Host =>
    host.connection.kind === 'local' && host.name !== here
      ? { ...host, connection: { ...host.connection, kind: 'ssh' } }
      : host
  return { ...inventory, hosts: inventory.hosts.map(seen) }
}

/** The texts as they lie beside `file`: another control machine of the same store keeps its inventory at another place. */
function asOf(file: string, texts: InventoryTexts): InventoryTexts {
  if (texts[file] !== undefined) return texts
  const here = folderOf(file)
  const moved = (path: string) => (path === '' ? file : `${here}${path}`)
  return Object.fromEntries(Object.entries(relativeTexts(texts)).map(([path, text]) => [moved(path), text]))
}

/** The texts by their paths from the inventory's folder on (`/group_vars/all.yml`); the inventory itself is the empty path. */
export function relativeTexts(texts: InventoryTexts): InventoryTexts {
  const main = Object.keys(texts).find((path) => !VARIABLE_FOLDERS.some((name) => path.includes(`/${name}/`)))
  if (main === undefined) return texts
  const folder = folderOf(main)
  const relative = (path: string) => (path === main ? '' : path.slice(folder.length))
  return Object.fromEntries(Object.entries(texts).map(([path, text]) => [relative(path), text]))
}

/**
 * The folders directly below `root`, each with `/` at its end, among those that the files in it (`paths`, relative) stand
 * in or are named like: one without any file that is read hides the file beside it too.
 */
export async function variableFolders(
  sources: Sources,
  root: string,
  paths: readonly string[],
): Promise<readonly string[]> {
  const names = paths.map((path) => {
    const [top = ''] = path.split('/')
    return path.includes('/') ? top : top.replace(/\.(?:ya?ml|json)$/, '')
  })
  const all = [...new Set(names)].map((name) => resolvePath(root, name))
  const stamps = await Promise.all(all.map((path) => sources.stamp(path)))
  return all.filter((_, index) => stamps[index]?.kind === 'folder').map((path) => `${path}/`)
}

function faulty(file: string, faults: readonly Fault[]): UserError {
  const count = faults.length === 1 ? 'a fault' : `${faults.length} faults`
  return new UserError(`${file} has ${count}`, { faults })
}

function describe(error: UserError): string {
  const first = error.faults[0]
  if (!first) return error.message
  return `${first.at ? `${formatAt(first.at)}: ` : ''}${first.message}`
}
