// What is wrong with the cluster as a whole is told by the apply that finds it first, and by `hc doctor` for as long as it is so.
import { messageOf } from '../model/errors.js'
import type { Millis } from '../model/names.js'
import type { Progress } from '../model/views.js'
import { clusterFindings, witnessFindings } from '../planner/doctor-control.js'
import { toldOnce } from '../planner/doctor-once.js'
import { reachFindings } from '../planner/doctor-reach.js'
import { changeRecords } from './change.js'
import type { Controller, Look } from './controller.js'
import type { witnessOf } from './doctor.js'
import type { World } from './world.js'

/** What it needs. */
export interface WarningOptions {
  /** What was seen a moment ago; null: it is looked anew. */
  readonly seen: Look | null
  /** Asked while the change was carried out, as a witness that is silent takes its time; null: nothing was carried out, and nobody waits for it. */
  readonly witness: ReturnType<typeof witnessOf> | null
  readonly patienceMs: Millis
  readonly onProgress: (progress: Progress) => void
}

/** Tells what was not told yet, and notes it; what is over may be told anew. Never rejects: the apply is done. */
export async function warnOnce(
  world: World,
  controller: Controller,
  { seen, witness, patienceMs, onProgress }: WarningOptions,
): Promise<readonly string[]> {
  try {
    const look = seen ?? (await controller.look(patienceMs))
    const now = toldOnce(await findingsOf(look, witness))
    const before = (await world.store.read())?.told ?? []
    const kept = witness === null ? before.filter((key) => key === WITNESS) : []
    const keys = [...kept, ...now.map(({ key }) => key)]
    const fresh = now.filter(({ key }) => !before.includes(key)).map(({ text }) => text)
    for (const text of fresh) onProgress({ kind: 'warning', text })
    if (keys.join('\n') === before.join('\n')) return fresh
    return await changeRecords(world, (records) => ({ records: records && { ...records, told: keys }, value: fresh }))
  } catch (error) {
    world.debug(`warnings: ${messageOf(error)}`)
    return []
  }
}

/** What is known to have been told of a witness (toldOnce). */
const WITNESS = 'witness'

async function findingsOf(look: Look, witness: WarningOptions['witness']) {
  const names = look.input.hosts.map(({ host }) => host.name)
  const reach = new Map(look.observation.hosts.map(({ host, provenVantages }) => [host, provenVantages]))
  const anyHostAnswers = look.input.hosts.some(({ facts }) => facts !== null)
  return [
    ...(witness === null ? [] : witnessFindings({ witness: await witness, anyHostAnswers })),
    ...clusterFindings(look.input, names),
    ...reachFindings(look.input, names, reach),
  ]
}
