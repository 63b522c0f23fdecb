// Cuts the power of hosts, one at a time, beside the ticks; what is confirmed is recorded, and the next tick goes by it.
import { messageOf } from '../model/errors.js'
import { type NewEvent, told } from '../model/event.js'
import type { FenceRule, OpenFence } from '../model/fence.js'
import type { HostName, Millis } from '../model/names.js'
import { controlHost } from '../planner/control.js'
import { toFence } from '../planner/fencing.js'
import type { Fencer, Sources } from '../ports.js'
import { changeRecords } from './change.js'
import type { Look } from './controller.js'
import { privateText } from './private.js'
import { newHostRecord } from './record.js'
import type { World } from './world.js'

/** How long a driver may take until it says that the power is off, ms. */
const CONFIRM_MS: Millis = 30_000
/** From one question to the next, ms: at first often, as most power switches are quick, then half a second. */
const FIRST_ASK_MS: Millis = 50
const ASK_EVERY_MS: Millis = 500
/** So long what the driver has said is taken as it is, ms: nothing boots within it. */
const FRESH_MS: Millis = 500
/** After a fence that failed, ms. */
const AGAIN_MS: Millis = 30_000

/** Cuts the power where the plan could go on with it. The loop's alone. */
export class Fences {
  readonly #world: World
  readonly #onNews: () => void
  #running: Promise<void> | null = null
  /** hc's monotonic clock: no host is fenced before. */
  #notBefore: Millis = 0
  #told: NewEvent[] = []

  constructor(world: World, onNews: () => void) {
    this.#world = world
    this.#onNews = onNews
  }

  /** Begins to fence where that is due. Returns what fences came to since. */
  advance(look: Pick<Look, 'input' | 'observation' | 'inventory' | 'records'>): readonly NewEvent[] {
    const { fencer, clock } = this.#world
    // Who is deposed, or has an older copy of the records, cuts nobody's power.
    const acts = look.records !== null && look.input.hosts.every(({ blocked }) => blocked?.kind !== 'foreign')
    if (fencer && !this.#running && acts && clock.now() >= this.#notBefore) {
      const found = toFence(look.input, look.observation, controlHost(look.input, this.#world.ownBootId ?? null))
      const rule = look.inventory.hosts.find(({ name }) => name === found?.host)?.fence
      if (found && rule) {
        this.#told.push(told('fence', `cutting its power: ${found.why}`, { host: found.host }))
        this.#running = this.#fence(fencer, found.host, rule, look.inventory.settings.massLossHoldMs).finally(() => {
          this.#running = null
          this.#onNews()
        })
      }
    }
    return this.#told.splice(0)
  }

  /** Waits until what is under way has ended. */
  async close(): Promise<readonly NewEvent[]> {
    await this.#running
    return this.#told.splice(0)
  }

  async #fence(fencer: Fencer, host: HostName, rule: FenceRule, holdMs: Millis): Promise<void> {
    const { clock, sources } = this.#world
    const startedAt = clock.now()
    // One host per hold, whatever comes of it: more than one is for a person to say.
    this.#notBefore = startedAt + Math.max(holdMs, AGAIN_MS)
    try {
      const opened = await openFence(rule, sources)
      await powerOff(fencer, opened, clock)
      const offAt = clock.now()
      // The lock may be had long after: by then the host may have been switched on again.
      await this.#record(host, async () => clock.now() - offAt < FRESH_MS || fencer.isOff(opened))
      this.#told.push(
        told(
          'fence',
          `its power is off, ${Math.round((clock.now() - startedAt) / 100) / 10} s after it was asked for`,
          { host },
        ),
      )
    } catch (error) {
      const why = `its power could not be cut: ${messageOf(error)}; tried again in ${AGAIN_MS / 1000} s`
      this.#told.push(told('warning', why, { host }))
    }
  }

  /** Throws where it is not off any more. */
  #record(host: HostName, isOff: () => Promise<boolean>): Promise<null> {
    return changeRecords(this.#world, async (records) => {
      if (!records) return { records, value: null }
      if (!(await isOff())) throw new Error('it was off, and is on again')
      const at = this.#world.clock.wall()
      const before = records.hosts[host] ?? newHostRecord(at)
      const fenced = { at, bootId: before.bootId }
      return { records: { ...records, hosts: { ...records.hosts, [host]: { ...before, fenced } } }, value: null }
    })
  }
}

/** Switches off and asks until the driver says that it is off. Throws UserError. */
export async function powerOff(fencer: Fencer, rule: OpenFence, clock: World['clock']): Promise<void> {
  const startedAt = clock.now()
  await fencer.act(rule, 'off')
  for (let wait = FIRST_ASK_MS; !(await fencer.isOff(rule)); wait = Math.min(2 * wait, ASK_EVERY_MS)) {
    if (clock.now() - startedAt > CONFIRM_MS)
      throw new Error(`after ${CONFIRM_MS / 1000} s its driver still says that it is on`)
    await clock.sleep(wait)
  }
}

/** The rule with everything in it that has to be read. Throws UserError. */
export async function openFence(rule: FenceRule, sources: Sources): Promise<OpenFence> {
  if (rule.kind === 'command') return rule
  const options: Record<string, string> = {}
  for (const [key, value] of Object.entries(rule.options)) options[key] = await privateText(key, value, sources)
  return { ...rule, options }
}
