// What a tick has to tell beside its decisions: the inventory, the control machine's own reach, restarts by systemd.

import type { NewEvent } from '../model/event.js'
import type { Inventory } from '../model/host.js'
import type { Observation } from '../model/observation.js'
import type { Classified } from '../planner/classify.js'
import { HealthNews, type Healths } from './health.js'
import { InventoryNews } from './inventory-news.js'
import { Isolation } from './isolation.js'
import { RestartCounts } from './restarts.js'
import { RunNews } from './run-news.js'

/** Remembers between ticks what was told. */
export class News {
  readonly #inventory = new InventoryNews()
  readonly #isolation = new Isolation()
  readonly #restarts = new RestartCounts()
  readonly #health = new HealthNews()
  readonly #runs = new RunNews()

  /** Events for what is new since the last call. */
  since(look: {
    readonly inventory: Inventory
    readonly inventoryFault: string | null
    readonly observation: Observation
    readonly health: Healths
    readonly decision: { readonly classified: readonly Classified[] }
  }): readonly NewEvent[] {
    return [
      ...this.#inventory.since(look.inventoryFault),
      ...this.#isolation.since(look.observation, look.inventory.settings.lostAfterMs),
      ...this.#restarts.since(look.observation),
      ...this.#health.since(look.health),
      ...this.#runs.since(look.decision.classified),
    ]
  }
}
