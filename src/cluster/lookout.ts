// Goes after hosts that fall silent: who else reaches them, and does the control machine itself reach anything?
import type { HostName, Millis } from '../model/names.js'
import type { Clock, Pinger, Transport } from '../ports.js'
import { Limit } from '../remote/limit.js'
import { type LookMethod, lookScript, parseLooks } from '../remote/look.js'
import { addressOf, learnCard, ownCard, strangerOf } from './cards.js'
import { heard, hereOf, isAnswering, note, type Watched } from './watched.js'

/**
 * From one round of looks at a silent host to the next, ms. Three rounds have to span LOOKS_SPAN_MS (verdicts), and timers
 * may fire a millisecond early: without the surplus a fourth round would be needed as often as not.
 */
const LOOK_EVERY_MS = 1005
/**
 * Bound of one look, ms; for a host that is slow to answer at all, as long as three of its answers, up to the third bound. The
 * first two of a row have until the next begins: a way that has become slow is heard by them, and no loss is found later for it.
 */
const LOOK_TIMEOUT_MS = 500
const FIRST_LOOKS_MS = 850
const LONGEST_LOOK_MS = 1000
/** A probe that has not answered for so long makes hc begin to look, ms; for slow hosts, three times what is usual there. */
export const SUSPICION_MS = 200
const USUAL_TIMES = 3
/** Hosts prove that they reach each other once both answer and then so often, ms; unproven pairs sooner. */
const PROVE_EVERY_MS = 60_000
const PROVE_AGAIN_MS = 5000
/** How long a host may take to show whom it reaches, ms: nothing waits for it, and whose proof is missing counts for nothing later. */
const PROOF_MS = 3000
/**
 * Hosts that prove that they reach one and the same host, at most, but where it is armed: there all count. Everybody proving everybody
 * costs the square of their number.
 */
const VANTAGES = 32
/** Silent hosts that are looked at within a second: a ping is a process, and a control machine that is itself behind must not fall further behind. */
const ROUNDS = 32

interface Answer {
  readonly reached: boolean
  readonly method: LookMethod
  /** Hardware address that answered; null: not known. */
  readonly card: string | null
}

/** What it looks with. */
export interface LookoutDoors {
  readonly transport: Transport
  readonly pinger: Pinger
  readonly clock: Clock
  /** The kernel's boot id of this machine; null or absent: not known. */
  readonly ownBootId?: string | null
  /** Something was learnt that may change a verdict. */
  readonly onNews?: () => void
}

/** Looks at silent hosts from the control machine and from every host that answers. */
export class Lookout {
  /** hc_witness; null: the default gateway. */
  witnesses: readonly string[] | null = null
  /** Hosts under leases: for them the looks of all are counted. */
  armed: ReadonlySet<HostName> = new Set()
  readonly #rounds = new Limit(ROUNDS)
  readonly #options: LookoutDoors
  readonly #watched: ReadonlyMap<HostName, Watched>
  #provedAt: Millis | null = null
  #retriedAt: Millis | null = null
  #witnessProven = false
  #closed = false

  constructor(doors: LookoutDoors, watched: ReadonlyMap<HostName, Watched>) {
    this.#options = doors
    this.#watched = watched
  }

  /** Ends the looks. */
  close(): void {
    this.#closed = true
  }

  /** Begins to look at a host whose probe is overdue or has failed; ends by itself when the host answers. */
  suspect(watched: Watched): void {
    const patience = Math.max(SUSPICION_MS, USUAL_TIMES * watched.usualMs) - 5
    const overdue = watched.pending !== null && this.#options.clock.now() - watched.pendingSince >= patience
    const silent = watched.silentSince !== null
    if (!watched.everReached || watched.looking || !(overdue || silent)) return
    watched.looking = true
    void this.#lookUntilBack(watched).finally(() => {
      watched.looking = false
    })
  }

  async #lookUntilBack(watched: Watched): Promise<void> {
    const { clock, onNews } = this.#options
    const isMember = () => this.#watched.get(watched.host.name) === watched
    const isOpen = () => watched.pending !== null || watched.silentSince !== null
    for (;;) {
      const release = await this.#rounds.take()
      try {
        if (this.#closed || !isMember() || !isOpen()) return
        const at = clock.now()
        const vantages = this.#vantagesOf(watched)
        await Promise.all([
          this.#lookFromControl(watched, at),
          ...vantages.map((vantage) => this.#lookFrom(vantage, watched, at)),
        ])
        if (watched.silentSince !== null) onNews?.()
        await clock.sleep(Math.max(0, LOOK_EVERY_MS - (clock.now() - at)))
      } finally {
        release()
      }
    }
  }

  /** Who looks at a silent host: of those that answer all that were seen to reach it, and those that prove it. */
  #vantagesOf(target: Watched): readonly Watched[] {
    const all = [...this.#watched.values()]
    const chosen = new Set(this.#proversOf(target, all, all.indexOf(target)))
    return all.filter((other) => chosen.has(other) || (isAnswering(other) && target.proven.has(other.host.name)))
  }

  /** The hosts that follow it in the inventory, of those that answer. `at`: its place in `all`. */
  #proversOf(target: Watched, all: readonly Watched[], at: number): readonly Watched[] {
    const most = this.armed.has(target.host.name) ? all.length : VANTAGES
    const found: Watched[] = []
    for (let step = 1; step < all.length && found.length < most; step += 1) {
      const other = all[(at + step) % all.length]
      if (other !== undefined && isAnswering(other)) found.push(other)
    }
    return found
  }

  async #lookFromControl(watched: Watched, at: Millis): Promise<void> {
    const { address, port } = watched.host.connection
    const { pinger } = this.#options
    const reached = await pinger.reaches(address, port ?? 22, lookTimeout(watched))
    const card = (reached && (await pinger.card?.(addressOf(watched)))) || null
    const stranger = strangerOf(watched, 'control', card)
    const look = { vantage: 'control' as const, at, ...whose(stranger, reached), ...ownCard(watched, 'control', card) }
    note(watched, look)
    heard(watched, look)
    watched.silence.looked({ vantage: 'control', bootId: null, at, endedAt: this.#options.clock.now(), reached })
  }

  async #lookFrom(vantage: Watched, watched: Watched, at: Millis): Promise<void> {
    const reached = await this.#reachedFrom(vantage, [watched], lookTimeout(watched))
    const answer = reached?.get(watched.host.name)
    // No answer is no look: the vantage may be gone itself, or have no means to look.
    if (answer === undefined) return
    const { reached: heard, method, card } = answer
    const { name } = vantage.host
    // It has the address itself by now. Where it always had (a loopback), it never looked at anybody.
    if (method === 'own' && !watched.proven.has(name)) return
    const stranger = method === 'own' ? name : strangerOf(watched, name, card)
    const only = heard && stranger === null && method === 'neighbour' ? { only: method } : {}
    note(watched, { vantage: name, at, ...whose(stranger, heard), ...only, ...ownCard(watched, name, card) })
    const bootId = vantage.facts?.bootId ?? null
    const endedAt = this.#options.clock.now()
    watched.silence.looked({ vantage: name, bootId, at, endedAt, reached: heard || stranger !== null })
  }

  async #reachedFrom(
    vantage: Watched,
    targets: readonly Watched[],
    timeoutMs: Millis,
  ): Promise<ReadonlyMap<HostName, Answer> | null> {
    const script = lookScript(
      targets.map(({ host }) => ({
        name: host.name,
        address: host.connection.address,
        port: host.connection.port ?? 22,
      })),
      timeoutMs,
    )
    const result = await this.#options.transport.run(vantage.host, {
      script,
      lane: 'peer',
      timeoutMs: timeoutMs + 1000,
    })
    if (!result.ok) return null
    const { reached, methods, cards } = parseLooks(result.output)
    const asked = Object.entries(methods).filter(([, method]) => method !== 'none')
    return new Map(
      asked.map(([name, method]) => [name, { reached: reached.includes(name), method, card: cards[name] ?? null }]),
    )
  }

  /** Now and then every host that answers shows which others it reaches: only a proven vantage counts later. */
  prove(): void {
    const now = this.#options.clock.now()
    const due = isDue(this.#provedAt, PROVE_EVERY_MS, now)
    const again = due || isDue(this.#retriedAt, PROVE_AGAIN_MS, now)
    const all = [...this.#watched.values()]
    const pairs = all.flatMap((target, at) =>
      isAnswering(target) ? this.#proversOf(target, all, at).map((vantage) => ({ vantage, target })) : [],
    )
    const wanted = pairs.filter(({ vantage, target }) => {
      const { name } = vantage.host
      return due || (!target.proven.has(name) && (again || !target.tried.has(name)))
    })
    const ready = all.filter(isAnswering)
    if ((!due && wanted.length === 0) || ready.length === 0) return
    if (due) this.#provedAt = now
    if (again) this.#retriedAt = now
    for (const target of ready) {
      if (target.through !== null) continue
      target.proven.add('control')
      void this.#options.pinger.card?.(addressOf(target)).then((card) => {
        if (isAnswering(target)) learnCard(target, 'control', card)
      })
    }
    this.#proveFrom(wanted)
    void this.#proveWitness()
  }

  #proveFrom(pairs: readonly { readonly vantage: Watched; readonly target: Watched }[]): void {
    const byVantage = new Map<Watched, Watched[]>()
    for (const { vantage, target } of pairs) byVantage.set(vantage, [...(byVantage.get(vantage) ?? []), target])
    for (const [vantage, targets] of byVantage) {
      for (const target of targets) target.tried.add(vantage.host.name)
      void this.#reachedFrom(vantage, targets, PROOF_MS).then((reached) => {
        for (const target of targets) {
          const answer = reached?.get(target.host.name)
          if (!answer?.reached) continue
          target.proven.add(vantage.host.name)
          if (isAnswering(target)) learnCard(target, vantage.host.name, answer.card)
        }
      })
    }
  }

  async #witnesses(): Promise<readonly string[]> {
    return this.witnesses ?? (await this.#options.pinger.gateways())
  }

  async #proveWitness(): Promise<void> {
    this.#witnessProven ||= await this.#anyWitness()
  }

  async #anyWitness(): Promise<boolean> {
    const witnesses = await this.#witnesses()
    const answers = await Promise.all(
      witnesses.map((address) => this.#options.pinger.reaches(address, 0, LOOK_TIMEOUT_MS)),
    )
    return answers.includes(true)
  }

  /** A witness is asked only when no other host answers, and counts only if it answered while all was well. */
  async askWitness(): Promise<boolean | null> {
    const watched = [...this.#watched.values()]
    const here = hereOf(watched, this.#options.ownBootId)
    const company = watched.some((host) => host !== here && isAnswering(host))
    if (watched.length === 0 || company || !this.#witnessProven) return null
    return this.#anyWitness()
  }
}

function isDue(before: Millis | null, everyMs: Millis, now: Millis): boolean {
  return before === null || now - before >= everyMs
}

function lookTimeout({ usualMs, unheard }: Watched): Millis {
  const least = unheard < 2 ? FIRST_LOOKS_MS : LOOK_TIMEOUT_MS
  return Math.round(Math.min(LONGEST_LOOK_MS, Math.max(least, USUAL_TIMES * usualMs)))
}

/** What another machine answers is no sign of life of the host; that its own silence is proven by it can't be said either. */
function whose(stranger: string | null, reached: boolean): { readonly reached: boolean; readonly stranger?: string } {
  return stranger === null ? { reached } : { reached: false, stranger }
}
