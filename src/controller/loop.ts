// The loop: ticks on the beat of node-cron, sooner when something is known to be due, until it is told to end.
import { messageOf, UserError } from '../model/errors.js'
import type { HostName, Millis } from '../model/names.js'
import type { LoopSnapshot } from '../model/records.js'
import type { Lock } from '../ports.js'
import { within } from '../remote/wait.js'
import { Changes } from './changes.js'
import { Controller, type Tick } from './controller.js'
import { disarmAll, staysArmed } from './disarm.js'
import { Fences } from './fencing.js'
import { handOver } from './hand-over.js'
import type { Healths } from './health.js'
import { Incidents } from './incidents.js'
import { tellInventory } from './inventories.js'
import { LONELY, mayAct, takeTurns } from './leader.js'
import { liveView } from './live.js'
import type { Lonely } from './lonely.js'
import type { World } from './world.js'

/** What hosts use is asked for in each tick for so long after somebody has watched, ms. */
const SHOWN_MS: Millis = 3000
/** How long a tick of the loop waits for answers, ms: most of a second's beat; late answers count in the next. */
const PATIENCE_MS = 600
/** How long a tick waits for its own steps, ms, before it leaves them to go on beside the next ticks. */
const SETTLE_MS = 800
// All of the end together stays below the TimeoutStopSec of the loop's unit (system/install.ts).
/** The tick and the steps under way get so long to end, each, when the loop is told to, ms; leases are renewed meanwhile. */
const END_MS = 5000
/** Hosts get so long to be disarmed when the loop ends on purpose, ms. */
const DISARM_MS = 8000
/** What is still open then, ms. */
const CLOSE_MS = 8000
/** Between two looks at whether a lease has to be renewed apart from ticks, ms. */
const RENEW_MS = 500
/** Shortest time between the beginnings of two ticks, ms: news come in bursts. */
const GAP_MS = 50

/** Options of the loop. */
export interface LoopOptions {
  /** Cron expression; null: hc_reconcile. */
  readonly expression: string | null
  readonly signal: AbortSignal
  onTick(tick: Tick): void
  onNote(text: string): void
}

/** Ticks until the signal is aborted. Throws UserError where another loop ticks on the same store. */
export async function runLoop(world: World, options: LoopOptions): Promise<void> {
  if (!world.store.control) return new Loop(world, options, await takeLoop(world)).run()
  await takeTurns(world, options, (held, turn, lonely) => {
    // What is under way when a turn ends is not sent under the next one of the same machine.
    const own = { ...world, leftMs: () => (turn.signal.aborted ? 0 : (world.leftMs?.() ?? Number.POSITIVE_INFINITY)) }
    const onTick = (tick: Tick) => {
      void tellInventory(world)
      options.onTick(tick)
    }
    return new Loop(own, { ...options, onTick, signal: AbortSignal.any([options.signal, turn.signal]) }, held, {
      turn,
      lonely,
    }).run()
  })
}

async function takeLoop(world: World): Promise<Lock> {
  const held = await world.store.lockLoop()
  if (held) return held
  throw new UserError('a loop ticks on this store already', {
    code: 'locked',
    exitCode: 5,
    hint: 'hc status shows when it ticked last',
  })
}

class Loop {
  readonly #world: World
  readonly #options: LoopOptions
  readonly #controller: Controller
  /** When somebody last watched. */
  #shownAt: Millis = Number.NEGATIVE_INFINITY
  readonly #incidents: Incidents
  readonly #changes: Changes
  readonly #fences: Fences
  readonly #startedAt: string
  readonly #ended: Promise<void>
  /** Of one machine among several: aborted when another may lead. */
  readonly #turn: AbortController | null
  readonly #lonely: Lonely | null
  #held: Lock
  #ticking = false
  #work: Promise<void> = Promise.resolve()
  /** Aborted when leases are renewed no more. */
  readonly #over = new AbortController()
  #again = false
  #wake: AbortController = new AbortController()
  #lastContact: Readonly<Record<HostName, string | null>> = {}

  constructor(
    world: World,
    options: LoopOptions,
    held: Lock,
    led: { readonly turn: AbortController; readonly lonely: Lonely } | null = null,
  ) {
    this.#world = world
    this.#turn = led?.turn ?? null
    this.#lonely = led?.lonely ?? null
    this.#held = held
    this.#options = options
    this.#startedAt = world.clock.wall()
    this.#incidents = new Incidents(world)
    this.#changes = new Changes(world.notifier)
    this.#fences = new Fences(world, () => void this.#tick())
    this.#controller = new Controller(world, {
      looks: true,
      loop: true,
      onNews: () => void this.#tick(),
      shows: () => world.clock.now() - this.#shownAt < SHOWN_MS,
    })
    this.#ended = new Promise((resolve) => {
      if (options.signal.aborted) resolve()
      options.signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  async run(): Promise<void> {
    const { clock, store } = this.#world
    this.#world.feed.open()
    this.#world.lending?.open()
    const inventory = await this.#world.inventory()
    const beat = clock.beat(this.#options.expression ?? inventory.settings.reconcile, () => this.#tick())
    const watch = store.watch(() => void this.#tick())
    await this.#tick()
    void this.#renew()
    await this.#ended
    beat.stop()
    watch.stop()
    this.#wake.abort()
    await Promise.all([this.#world.feed.close(), this.#world.lending?.close()])
    // A tick under way may arm hosts yet: they are disarmed after it.
    await within(clock, END_MS, this.#work)
    await this.#controller.settle(END_MS)
    this.#over.abort()
    await this.#disarm()
    await within(
      clock,
      CLOSE_MS,
      Promise.all([this.#controller.close(CLOSE_MS), this.#incidents.close(), this.#fences.close()]),
    )
    if (this.#turn) await handOver(this.#world, this.#held)
    else await this.#held.release()
  }

  /** Unless another may have begun to arm them: this one leads no more, or its store is another by now. */
  async #disarm(): Promise<void> {
    const leads = await this.#held.stillValid().catch(() => false)
    if (this.#turn?.signal.aborted || !leads) return
    // Whoever leads next goes on with what hosts are armed with.
    if (((await this.#world.store.control?.show())?.standbys.length ?? 0) > 0) return
    const said = staysArmed(await disarmAll(this.#world, this.#controller, DISARM_MS))
    if (said !== null) this.#options.onNote(said)
  }

  /** Leases are renewed although a tick waits for a lock, or for a slow step. */
  async #renew(): Promise<void> {
    const { signal } = this.#over
    while (!signal.aborted) {
      await this.#world.clock.sleep(RENEW_MS, signal)
      if (!signal.aborted && !this.#turn?.signal.aborted && mayAct(this.#world)) this.#controller.renew()
    }
  }

  /** One tick at a time; what arrives meanwhile causes one more. Never rejects: the next tick tries again. */
  async #tick(): Promise<void> {
    if (this.#options.signal.aborted) return
    if (this.#ticking) {
      this.#again = true
      return
    }
    this.#work = this.#ticks()
    await this.#work
  }

  async #ticks(): Promise<void> {
    this.#ticking = true
    try {
      do {
        this.#again = false
        await this.#once()
        await this.#world.clock.sleep(GAP_MS, this.#options.signal)
      } while (this.#again && !this.#options.signal.aborted)
    } finally {
      this.#ticking = false
    }
  }

  async #once(): Promise<void> {
    try {
      // The store's folder may have been deleted and made anew: the lock has to be on the one that is there.
      if (!(await this.#held.stillValid())) {
        if (this.#turn) return this.#turn.abort()
        this.#held = await takeLoop(this.#world)
      }
      const tick = await this.#controller.tick({ patienceMs: PATIENCE_MS, settleMs: SETTLE_MS })
      const snapshot = this.#snapshot(tick)
      const contacts = this.#lastContact
      const survives = this.#controller.survivals.last
      this.#world.lending?.serve()
      this.#world.feed.publish(() => {
        this.#shownAt = this.#world.clock.now()
        return liveView(tick, new Map(Object.entries(contacts)), snapshot.lastTick, survives)
      })
      await this.#world.store.writeLoop(snapshot)
      this.#options.onTick(tick)
      this.#wakeAt(tick.decision.plan.wakeAt)
      await this.#foresee(tick)
      if (await this.#lonely?.isOver(tick.observation)) this.#turn?.abort(LONELY)
    } catch (error) {
      // A full disk, a store that can't be read: said, and tried again at the next beat. Running work is untouched.
      const text = messageOf(error)
      this.#world.feed.fail(text)
      this.#options.onNote(text)
      this.#world.debug(error instanceof Error && error.stack ? error.stack : String(error))
    }
  }

  /** Tells people what is wrong, and works on what the loss of each host would mean where there is nothing else to do. */
  async #foresee(tick: Tick): Promise<void> {
    const news = [
      ...(await this.#incidents.advance(tick)),
      ...this.#changes.advance(tick),
      ...this.#fences.advance(tick),
      ...(await this.#controller.survivals.advance(tick)),
    ]
    if (news.length > 0 && tick.records) await this.#world.store.appendEvents(news, tick.records.term.number)
  }

  /** Ticks when time alone may change the answer, if that is before the next beat or news. */
  #wakeAt(at: Millis | null): void {
    this.#wake.abort()
    if (at === null) return
    this.#wake = new AbortController()
    const { signal } = this.#wake
    const delay = Math.max(0, at - this.#world.clock.now())
    void this.#world.clock.sleep(delay, signal).then(() => {
      if (!signal.aborted) void this.#tick()
    })
  }

  #snapshot(tick: Tick): LoopSnapshot {
    const wall = this.#world.clock.wall()
    const contacts = tick.observation.hosts.map(({ host, facts }) => {
      return [host, facts ? wall : (this.#lastContact[host] ?? tick.records?.hosts[host]?.lastContact ?? null)] as const
    })
    this.#lastContact = Object.fromEntries(contacts)
    const through = new Map(tick.observation.hosts.map((seen) => [seen.host, seen.through]))
    const hungMs = new Map(tick.input.hosts.map(({ host, hungMs }) => [host.name, hungMs]))
    return {
      pid: this.#world.pid,
      startedAt: this.#startedAt,
      lastTick: wall,
      lastTickMs: Math.round(tick.tookMs),
      ...healthOf(this.#controller.health),
      hosts: Object.fromEntries(
        tick.beliefs.map(({ host, verdict, reason, stranger }) => [
          host,
          {
            verdict,
            reason,
            lastContact: this.#lastContact[host] ?? null,
            ...given({ through: through.get(host), hungMs: hungMs.get(host) }),
            ...(stranger !== undefined && { stranger }),
          },
        ]),
      ),
    }
  }
}

function healthOf(health: Healths): Pick<LoopSnapshot, 'health'> {
  return Object.keys(health).length === 0 ? {} : { health }
}

/** Without what is not known. */
function given({ through, hungMs }: { readonly through: HostName | undefined; readonly hungMs: Millis | undefined }) {
  return { ...(through !== undefined && { through }), ...(hungMs !== undefined && { hungMs }) }
}
