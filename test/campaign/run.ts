// One fault from beginning to end: the cluster, the fault, its undoing, and what the witnesses saw.
import { mkdirSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import type { Event } from '../../src/model/event.js'
import { closeProjects } from '../integration/support/project.js'
import { HOSTS, type LabHost } from '../integration/support/verbs.js'
import { sleep } from '../integration/support/wait.js'
import type { Bounds, Fault } from './fault.js'
import { leadersAtOnce, longestDouble, nextLeaderActs, recovery, untouched } from './figures.js'
import { EXCLUSIVE, ORDINARY, Stage } from './stage.js'
import { type Life, uptime, witnessed } from './witness.js'

/** What came of a fault. Times in seconds. */
export interface Row {
  readonly name: string
  readonly what: string
  readonly at: string
  /** `nuc1: suspect, lost, ready`. */
  readonly verdicts: readonly string[]
  /** Load average of the machine, of one minute, when it was over: others may use it too. Absent: not noted. */
  readonly load?: number
  /** null: a slot did not answer again while the fault lasted. */
  readonly ordinary: number | null
  readonly exclusive: number | null
  readonly ordinaryDouble: number
  readonly exclusiveDouble: number
  /** Slots whose copy was never touched, of all. */
  readonly untouched: number
  readonly slots: number
  /** From the end of the fault until hc says converged. */
  readonly settled: number | null
  /** Of several control machines, who led, the one at the beginning first; absent: there is only one. */
  readonly led?: readonly string[]
  /** Until another leader acts on a host; null: none did. */
  readonly nextLeader: number | null
  /** For how long two leaders acted. */
  readonly leadersAtOnce: number
  /** What breaks a bound; empty: passed. */
  readonly faults: readonly string[]
}

/** Runs it on a cluster made for it. */
export async function runFault(fault: Fault): Promise<Row> {
  await closeProjects()
  const stage = new Stage()
  await stage.open({ fence: fault.fence ?? false })
  const row = await play(fault, stage)
  await closeProjects()
  return row
}

/** Runs it on a cluster that is well. */
export async function play<S extends Stage>(fault: Fault<S>, stage: S): Promise<Row> {
  const known = (await stage.project.events()).at(-1)?.id ?? 0
  const opened = uptime()
  const { leader } = stage
  await fault.act(stage)
  const gone = fault.gone?.(stage) ?? []
  await sleep(fault.lasts * 1000)
  const undone = uptime()
  await fault.undo?.(stage)
  const settled = await settle(stage, undone)
  await sleep(3000)
  const ended = uptime()
  const events = (await stage.project.events()).filter(({ id }) => id > known || id < known - 1000)
  keepEvents(fault, events)
  const { lives: seen, acts } = await witnessed()
  const whole = { from: stage.begun, to: ended }
  const span = fault.wholeSpan ? whole : { from: stage.begun, to: undone }
  const hosts = HOSTS.filter((host) => !gone.includes(host))
  const all = [...ORDINARY, ...EXCLUSIVE]
  const row = {
    name: fault.name,
    what: fault.what,
    at: new Date().toISOString().slice(0, 16).replace('T', ' '),
    verdicts: verdictsOf(events),
    load: loadavg()[0] ?? 0,
    ordinary: recovery(seen, ORDINARY, hosts, span),
    exclusive: recovery(seen, EXCLUSIVE, hosts, span),
    ordinaryDouble: longestDouble(seen, ORDINARY, { from: opened, to: ended }),
    exclusiveDouble: longestDouble(seen, EXCLUSIVE, { from: opened, to: ended }),
    untouched: untouched(seen, all, whole).length,
    slots: all.length,
    settled,
    ...ledBy(leader, events),
    nextLeader: nextLeaderActs(acts, stage.begun),
    leadersAtOnce: leadersAtOnce(acts),
  }
  return { ...row, faults: [...broken(row, fault.bounds), ...absent(seen, ended), ...stage.faults] }
}

/** With HC_CAMPAIGN_EVENTS=FOLDER: what hc recorded meanwhile, one file per fault, to see why. */
function keepEvents({ name }: Pick<Fault, 'name'>, events: readonly Event[]): void {
  const folder = process.env.HC_CAMPAIGN_EVENTS
  if (!folder) return
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, `${name.replaceAll(/\W+/g, '-')}.jsonl`),
    events.map((event) => `${JSON.stringify(event)}\n`).join(''),
  )
}

async function settle(stage: Stage, undone: number): Promise<number | null> {
  try {
    await stage.settled()
    return uptime() - undone
  } catch (error) {
    stage.notes.push(String(error))
    return null
  }
}

/** Who led, by the record. */
function ledBy(leader: LabHost | null, events: readonly Event[]): Pick<Row, 'led'> {
  if (leader === null) return {}
  const since = events.flatMap(({ kind, text }) => (kind === 'take-over' ? (/^\S+(?= leads)/.exec(text) ?? []) : []))
  return { led: [leader, ...since] }
}

function verdictsOf(events: readonly Event[]): readonly string[] {
  return HOSTS.flatMap((host) => {
    const words = events.filter((each) => each.kind === 'verdict' && each.host === host).map(({ reason }) => reason)
    const changes = words.filter((word, index) => word !== words[index - 1])
    return changes.length === 0 ? [] : [`${host}: ${changes.join(', ')}`]
  })
}

/** Sentences for each bound that is broken. */
function broken(row: Omit<Row, 'faults'>, bounds: Bounds): readonly string[] {
  const faults: string[] = []
  const within = (what: string, is: number | null, bound: number | undefined) => {
    if (bound === undefined) return
    if (is === null) faults.push(`${what} did not ${what.includes('leader') ? 'act' : 'answer again'}`)
    else if (is > bound) faults.push(`${what} after ${is.toFixed(1)} s, more than ${bound} s`)
  }
  within('ordinary', row.ordinary, bounds.ordinary)
  within('exclusive', row.exclusive, bounds.exclusive)
  within('the next leader', row.nextLeader, bounds.nextLeader)
  if (row.leadersAtOnce > 0) faults.push(`two leaders acted for ${row.leadersAtOnce.toFixed(2)} s`)
  const doubled = bounds.exclusiveDouble ?? 0
  if (row.exclusiveDouble > doubled) faults.push(`an exclusive slot ran twice for ${row.exclusiveDouble.toFixed(2)} s`)
  const touched = row.slots - row.untouched
  if (touched > (bounds.touched ?? row.slots)) faults.push(`${touched} slots were touched, more than ${bounds.touched}`)
  if (bounds.still && row.untouched < row.slots) faults.push(`${row.slots - row.untouched} slots were touched`)
  if (bounds.verdict && !row.verdicts.some((line) => line.includes(bounds.verdict ?? ''))) {
    faults.push(`nobody was found ${bounds.verdict}`)
  }
  if (row.settled === null) faults.push('did not converge in time after it was undone')
  return faults
}

/** At the end each slot answers, once. */
function absent(seen: readonly Life[], ended: number): readonly string[] {
  const now = seen.filter(({ to }) => to > ended - 0.5)
  return [...ORDINARY, ...EXCLUSIVE].flatMap((slot) => {
    const own = now.filter((life) => life.slot === slot)
    if (own.length !== 1) return [`at the end ${slot} runs ${own.length} times`]
    return own[0]?.answersFrom === null ? [`at the end ${slot} does not answer`] : []
  })
}
