// Several control machines on one store: one leads and ticks, the others stand by. The term of whoever leads is the number of its
// election, so that hosts refuse what a deposed one still sends; it stops by itself before its lease ends.
import { MovedError, messageOf } from '../model/errors.js'
import { told } from '../model/event.js'
import type { Millis } from '../model/names.js'
import type { Lock } from '../ports.js'
import { OtherInventory, tellInventory } from './inventories.js'
import { Lonely } from './lonely.js'
import type { LoopOptions } from './loop.js'
import { leftStore } from './store-change.js'
import { elected } from './term.js'
import type { World } from './world.js'

/** Between two questions of one that stands by, ms. */
const ASK_MS: Millis = 300
/** Between two looks of the leader at whether it still leads, ms. */
const CHECK_MS: Millis = 100

/** Why a turn ends although its lease does not. */
export const LONELY = 'it reaches no host'

/** Does this process hold what it acts under? By the own clock, without asking anybody. */
export function mayAct({ leftMs }: Pick<World, 'leftMs'>): boolean {
  return (leftMs?.() ?? 1) > 0
}

/** Stands by, leads, stands by again, until the signal is aborted. `run` ticks until the turn is aborted. */
export async function takeTurns(
  world: World,
  options: LoopOptions,
  run: (held: Lock, turn: AbortController, lonely: Lonely) => Promise<void>,
): Promise<void> {
  const lonely = new Lonely(world)
  const other = new OtherInventory(world)
  while (!options.signal.aborted) {
    const held = await untilLeading(world, options, other).catch(async (error: unknown) => {
      await world.store.control?.leave?.()
      throw error
    })
    // Else it would be shown among those that stand by for as long as its lease holds.
    if (!held) return world.store.control?.leave?.()
    const turn = new AbortController()
    void endWithLease(world, turn, options.signal)
    lonely.begin()
    await run(held, turn, lonely)
    if (turn.signal.reason === LONELY) {
      options.onNote('This machine reaches no host: it lets another one lead, and stands by.')
      await lonely.keepBack(options.signal)
    } else if (turn.signal.aborted && !options.signal.aborted) {
      options.onNote(
        'This machine leads no more: its lease ended before it could be renewed. It acts no more and stands by.',
      )
    }
    turn.abort()
  }
}

/** The loop's lock, under a term of its own; null: it was told to end. What is in the way is said once. */
async function untilLeading(world: World, options: LoopOptions, other: OtherInventory): Promise<Lock | null> {
  let said = ''
  const say = (text: string) => {
    if (text !== said) options.onNote(text)
    said = text
  }
  while (!options.signal.aborted) {
    try {
      const held = await world.store.lockLoop()
      if (held && (await begin(world, held))) {
        if (said !== '') options.onNote('This machine leads.')
        return held
      }
      if (!held) {
        const shown = await world.store.control?.show()
        say(`${shown?.leader?.name ?? 'Another machine'} leads; this one stands by.`)
        if (shown) other.advance(shown, options.onNote)
        await tellInventory(world)
      }
    } catch (error) {
      if (error instanceof MovedError) throw error
      say(messageOf(error))
    }
    const left = await world.inventory().then(
      (inventory) => leftStore(world, inventory),
      () => null,
    )
    if (left) throw left
    await world.clock.sleep(ASK_MS, options.signal)
  }
  return null
}

/** Raises the term to that of the election. False, and the lock given back, where that can't be recorded. */
async function begin({ store, lockTimeoutMs }: World, held: Lock): Promise<boolean> {
  try {
    const lock = await store.lock(lockTimeoutMs)
    try {
      const records = await store.read()
      if (records) {
        const before = records.term.number
        const number = Math.max(held.election ?? 0, before + 1)
        await store.write(elected(records, number))
        const name = (await store.control?.show())?.leader?.name ?? 'this machine'
        await store.appendEvents([told('take-over', `${name} leads: term ${before} -> ${number}`)], number)
      }
      return true
    } finally {
      await lock.release()
    }
  } catch (error) {
    await held.release()
    throw error
  }
}

async function endWithLease(world: World, turn: AbortController, signal: AbortSignal): Promise<void> {
  while (!turn.signal.aborted && !signal.aborted) {
    if (!mayAct(world)) return turn.abort()
    await world.clock.sleep(CHECK_MS, turn.signal)
  }
}
