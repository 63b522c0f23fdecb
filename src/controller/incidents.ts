// Remembers what is wrong from tick to tick, and tells of it once when it begins and once when it is over.
import pRetry from 'p-retry'
import { messageOf } from '../model/errors.js'
import { type NewEvent, told } from '../model/event.js'
import type { Incident, KeptIncident, Notice, NotifyTarget, OpenTarget } from '../model/incident.js'
import { type Millis, someOf } from '../model/names.js'
import { incidentsOf } from '../planner/incidents.js'
import type { Clock, Notifier, Sources, Store } from '../ports.js'
import type { Look } from './controller.js'
import { privateText } from './private.js'

/** What may pass by itself has to stay so long, ms: a slot may get a place in the next moment, a host may answer again. */
const PASSING_MS: Millis = 10_000
/** What is well for so long is over, ms: what comes back sooner was the same incident. */
const WELL_MS: Millis = 30_000
/** Tries of one message after the first. */
const RETRIES = 3

/** What is needed of the world. */
export interface IncidentDoors {
  readonly store: Pick<Store, 'readIncidents' | 'writeIncidents'>
  readonly clock: Pick<Clock, 'now' | 'wall'>
  readonly sources: Sources
  readonly notifier?: Notifier
}

/** The present of one incident, in this process. */
interface Open {
  readonly kept: KeptIncident
  readonly seenAt: Millis
  /** Since when it is not seen any more; null: it is. */
  readonly wellAt: Millis | null
}

/** Tells people of what breaks. The loop's alone. */
export class Incidents {
  readonly #doors: IncidentDoors
  #open: Map<string, Open> | null = null
  /** Messages under way, by what they are of: what is not told to the end is told again by the next hc. */
  readonly #beginning = new Set<string>()
  readonly #ending = new Map<string, KeptIncident>()
  #sending: Promise<void> = Promise.resolve()
  #told: NewEvent[] = []

  constructor(doors: IncidentDoors) {
    this.#doors = doors
  }

  /** Compares with what was wrong before, and begins to tell of it. Returns what earlier messages came to. */
  async advance(look: Pick<Look, 'input' | 'decision' | 'inventory' | 'inventoryFault'>): Promise<readonly NewEvent[]> {
    const { clock, store } = this.#doors
    const now = clock.now()
    this.#open ??= new Map(
      (await store.readIncidents()).map((kept) => [kept.key, { kept, seenAt: now, wellAt: null }] as const),
    )
    const before = this.#open
    const { open, unclear, passing } = incidentsOf(look.decision, look.input, look.inventoryFault)
    const after = new Map(open.map((each) => [each.key, this.#seen(each, before.get(each.key), now)] as const))
    const over: KeptIncident[] = []
    for (const [key, each] of before) {
      if (after.has(key)) continue
      const wellAt = unclear(key) ? null : (each.wellAt ?? now)
      if (wellAt === null || (each.kept.told && now - wellAt < WELL_MS)) after.set(key, { ...each, wellAt })
      else if (each.kept.told) over.push(each.kept)
    }
    const isDue = ({ kept, seenAt }: Open) => !passing(kept.key) || now - seenAt >= PASSING_MS
    const begun = [...after.values()].filter((each) => !each.kept.told && each.wellAt === null && isDue(each))
    for (const each of begun) after.set(each.kept.key, { ...each, kept: { ...each.kept, told: true } })
    this.#open = after
    const targets = look.inventory.settings.notify ?? []
    if (begun.length > 0)
      this.#begin(
        begun.map(({ kept }) => kept),
        targets,
      )
    if (over.length > 0) this.#end(over, targets)
    return this.#told.splice(0)
  }

  /** Waits until what is under way was told, or given up. */
  async close(): Promise<readonly NewEvent[]> {
    await this.#sending
    return this.#told.splice(0)
  }

  #seen(incident: Incident, before: Open | undefined, now: Millis): Open {
    if (before) {
      const { text } = before.kept.told ? before.kept : incident
      return { ...before, kept: { ...before.kept, text }, wellAt: null }
    }
    return { kept: { ...incident, since: this.#doors.clock.wall(), told: false }, seenAt: now, wellAt: null }
  }

  #begin(incidents: readonly KeptIncident[], targets: readonly NotifyTarget[]): void {
    for (const { key } of incidents) this.#beginning.add(key)
    this.#tell(beginOf(incidents, this.#doors.clock.wall()), targets, () => {
      for (const { key } of incidents) this.#beginning.delete(key)
    })
  }

  #end(incidents: readonly KeptIncident[], targets: readonly NotifyTarget[]): void {
    for (const each of incidents) this.#ending.set(each.key, each)
    this.#tell(endOf(incidents, this.#doors.clock.wall()), targets, () => {
      for (const { key } of incidents) this.#ending.delete(key)
    })
  }

  /** One message after the other, beside the ticks. */
  #tell(notice: Notice, targets: readonly NotifyTarget[], done: () => void): void {
    this.#sending = this.#sending.then(async () => {
      await this.#send(notice, targets)
      done()
      const told = [...(this.#open?.values() ?? [])].map(({ kept }) => kept)
      const kept = told.filter(({ key, told: isTold }) => isTold && !this.#beginning.has(key))
      await this.#doors.store.writeIncidents([...this.#ending.values(), ...kept])
    })
  }

  async #send(notice: Notice, targets: readonly NotifyTarget[]): Promise<void> {
    const { notifier, sources } = this.#doors
    if (!notifier || targets.length === 0) return
    const ends = await Promise.allSettled(
      targets.map((target) =>
        pRetry(async () => notifier.send(await opened(target, sources), notice), {
          retries: RETRIES,
          minTimeout: 2000,
        }),
      ),
    )
    const failed = ends.flatMap((end) => (end.status === 'rejected' ? [messageOf(end.reason)] : []))
    if (failed.length < targets.length)
      this.#told.push(told('notified', `told: ${notice.title}`, { reason: notice.kind }))
    for (const why of failed)
      this.#told.push(told('warning', `nobody was told of "${notice.title}": ${why}`, { reason: 'notify' }))
  }
}

function beginOf(incidents: readonly KeptIncident[], time: string): Notice {
  const [first] = incidents
  const title =
    incidents.length === 1 ? headline(first) : `${incidents.length} things are wrong: ${someOf(incidents.map(nameOf))}`
  return {
    kind: 'begin',
    title,
    text: incidents.map(({ text }) => text).join('\n'),
    time,
    incidents: incidents.map(plain),
  }
}

function endOf(incidents: readonly KeptIncident[], time: string): Notice {
  const title = `well again: ${someOf(incidents.map(nameOf))}`
  const text = incidents.map((each) => `${nameOf(each)} is well again. Since ${each.since}: ${each.text}`).join('\n')
  return { kind: 'end', title, text, time, incidents: incidents.map(plain) }
}

function plain({ told, ...incident }: KeptIncident): Notice['incidents'][number] {
  return incident
}

function nameOf({ slot, host }: Incident): string {
  return slot ?? host ?? 'the inventory'
}

/** The first part of the sentence, for a title. */
function headline(incident: KeptIncident | undefined): string {
  return incident?.text.split(/[:;.] /)[0] ?? ''
}

async function opened(target: NotifyTarget, sources: Sources): Promise<OpenTarget> {
  if (target.kind === 'command') return target
  if (target.kind === 'ntfy') {
    return {
      kind: 'ntfy',
      url: await privateText('url', target.url, sources),
      token: target.token && (await privateText('token', target.token, sources)),
    }
  }
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(target.headers)) headers[name] = await privateText(name, value, sources)
  return { kind: 'webhook', url: await privateText('url', target.url, sources), headers }
}
