// Inventories of several control machines: each tells the digest of its own beside its place in the election, so that it shows
// where whoever leads goes by another one than those that would take over. hc does not say which of them is right.
import { hostname } from 'node:os'
import { type ControlView, otherInventories, otherInventoryText } from '../model/control.js'
import { told } from '../model/event.js'
import type { Millis } from '../model/names.js'
import { sha256 } from '../spec/hash.js'
import { relativeTexts } from './inventory.js'
import type { World } from './world.js'

/** `hc control add` brings files to one after the other: so long two may differ before it is recorded, ms. */
const SETTLE_MS: Millis = 60_000

type Told = Pick<World, 'store' | 'inventoryTexts'>

const digests = new WeakMap<object, string | null>()

/** sha256, hex, of the inventory in force and its variable files, wherever they lie; null: none was read yet. */
export function inventoryDigest(texts: Readonly<Record<string, string>>): string | null {
  const known = digests.get(texts)
  if (known !== undefined) return known
  const rows = Object.entries(relativeTexts(texts)).filter(([path]) => !path.endsWith('/'))
  rows.sort(([a], [b]) => (a < b ? -1 : 1))
  const digest = rows.length === 0 ? null : sha256(new TextEncoder().encode(JSON.stringify(rows)))
  digests.set(texts, digest)
  return digest
}

/** Has the store know what this machine goes by; asks nothing of it unless that has changed. Never rejects. */
export async function tellInventory({ store, inventoryTexts }: Told): Promise<void> {
  const digest = inventoryDigest(inventoryTexts())
  // Told again with the next tick.
  if (digest !== null) await store.control?.tell?.(digest).catch(() => undefined)
}

/** Who leads and who stands by, with those that go by another inventory; undefined: the store is this machine's alone. */
export async function shownControl({ store, inventoryTexts }: Told): Promise<ControlView | undefined> {
  const view = await store.control?.show()
  if (!view) return undefined
  const digest = inventoryDigest(inventoryTexts())
  const otherInventory = otherInventories(view, digest === null ? null : { name: hostname(), inventory: digest })
  return otherInventory.length === 0 ? view : { ...view, otherInventory }
}

/** What a command says of it that goes by the inventory here. */
export async function inventoryWarnings(world: Told): Promise<readonly string[]> {
  const view = await shownControl(world)
  const text = view ? otherInventoryText(view) : null
  return text === null ? [] : [text]
}

/** A machine that stands by and goes by another inventory than the one that leads: in the record once, and once when that is over. */
export class OtherInventory {
  readonly #world: World
  #told: string | null = null
  #seen: { readonly key: string; readonly at: Millis } | null = null
  #writes = false

  constructor(world: World) {
    this.#world = world
  }

  /** Never waits: the election goes on meanwhile. `onNote`: told what is recorded. */
  advance({ leader }: ControlView, onNote: (text: string) => void): void {
    const { clock, inventoryTexts } = this.#world
    const own = inventoryDigest(inventoryTexts())
    if (own === null || leader?.inventory === undefined || this.#writes) return
    const key = own === leader.inventory ? null : `${leader.inventory} ${own}`
    if (key === null) this.#seen = null
    else if (this.#seen?.key !== key) this.#seen = { key, at: clock.now() }
    if (key === this.#told || (this.#seen && clock.now() - this.#seen.at < SETTLE_MS)) return
    const [name, other] = [hostname(), { leader, standbys: [], trouble: null, otherInventory: [hostname()] }]
    const text = key === null ? `${name} goes by the inventory of ${leader.name} again` : otherInventoryText(other)
    void this.#record(text ?? '', key, onNote)
  }

  async #record(text: string, key: string | null, onNote: (text: string) => void): Promise<void> {
    const { store } = this.#world
    this.#writes = true
    try {
      const records = await store.read()
      if (records) await store.appendEvents([told('inventory', text)], records.term.number)
      this.#told = key
      onNote(text)
    } catch (error) {
      this.#world.debug(`the inventory of ${hostname()}: ${String(error)}`)
    } finally {
      this.#writes = false
    }
  }
}
