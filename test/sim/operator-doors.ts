// What the person at the control machine works with.
import type { Controller } from '../../src/controller/controller.js'
import { drainHosts } from '../../src/controller/drain.js'
import { type HostVerb, sayOfHosts } from '../../src/controller/hosts.js'
import type { World } from '../../src/controller/world.js'
import type { NewEvent } from '../../src/model/event.js'
import type { HostName, JobName } from '../../src/model/names.js'
import type { Records } from '../../src/model/records.js'
import type { MemoryDisk } from '../support/memory-store.js'
import type { ControlMachine } from './control.js'
import type { SimProcess } from './process.js'
import type { Random } from './random.js'
import { readable } from './readable.js'
import type { Story } from './story.js'
import type { Words } from './words.js'

/** Events that tell that a word of the operator was written down. */
export const WORDS: ReadonlySet<NewEvent['kind']> = new Set([
  'applied',
  'removed',
  'job-stopped',
  'job-started',
  'restart-asked',
])

/** What an operator works with. */
export interface OperatorDoors {
  readonly random: Random
  /** The machine that it works at first. */
  readonly control: ControlMachine
  readonly story: Story
  readonly hosts: readonly HostName[]
  /** Names of all jobs there are. */
  readonly names: readonly JobName[]
  /** Told of what is said. */
  readonly words?: Words
  newProcess(name: string, control: ControlMachine): SimProcess
  violated(text: string): void
  fail(process: SimProcess, error: unknown): void
}

/** What a command does. */
export type Work = (world: World, controller: Controller, signal: AbortSignal) => Promise<unknown>

/** `hc host VERB HOST...`. */
export function hostWork(verb: HostVerb, hosts: readonly HostName[]): Work {
  const patienceMs = 2500
  if (verb !== 'drain') return (world, controller) => sayOfHosts(world, controller, { hosts, verb, patienceMs })
  const watched = { patienceMs, onProgress: () => {}, confirm: async () => true }
  return (world, controller, signal) => drainHosts(world, controller, { hosts, signal, ...watched })
}

/** Is the word that stands in the store the one that was acknowledged, but for jobs that went back to an earlier version? */
export function isKept(acknowledged: string, disk: MemoryDisk): boolean {
  if (wordOf(disk) === acknowledged) return true
  const now = readable(disk.content.records)
  const before = JSON.parse(acknowledged) as Pick<Records, 'jobs' | 'removed'>
  if (!now || JSON.stringify(now.removed) !== JSON.stringify(before.removed)) return false
  return [...new Set([...Object.keys(now.jobs), ...Object.keys(before.jobs)])].every((name) => {
    const [old, applied] = [before.jobs[name], now.jobs[name]]
    if (JSON.stringify(old) === JSON.stringify(applied)) return true
    const entry = now.versions?.[name]?.find(({ version }) => version === applied?.version)
    return old !== undefined && applied?.version === old.version + 1 && entry?.revertOf !== undefined
  })
}

/** The part of the records that is the operator's word alone. */
export function wordOf(disk: MemoryDisk): string | null {
  const records = readable(disk.content.records)
  return records && JSON.stringify({ jobs: records.jobs, removed: records.removed })
}
