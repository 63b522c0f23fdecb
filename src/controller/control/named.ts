// Files that a loop reads or runs by name, besides the inventory: secrets and env files of jobs, programs and passwords of the
// settings. What is no file is told of, for it has to be on each control machine.
import type { Inventory } from '../../model/host.js'
import type { Private } from '../../model/incident.js'
import { byName } from '../../model/names.js'
import type { Records } from '../../model/records.js'
import { CONTROL_FOLDER } from '../../remote/standby.js'
import { folderOf, resolvePath } from '../../spec/paths.js'
import type { Wiring } from '../desks/desk.js'

/** One file. */
export interface Named {
  /** Its path on this machine. */
  readonly here: string
  /** Its path on the others. */
  readonly path: string
  readonly mode: string
}

/** A value of a setting, and what is to be said of it. */
interface Setting<T> {
  readonly of: string
  readonly value: T
}

/** Comes with the system, or with a package. */
const SYSTEM = /^\/(?:usr|bin|sbin|lib|lib64|dev|proc|sys|run)\//

/** Those that lie outside of the folder of the inventory there, sorted. */
export function elsewhere(files: readonly Named[]): readonly string[] {
  return files.map(({ path }) => path).filter((path) => !path.startsWith(`${CONTROL_FOLDER}/`))
}

/** All of them, sorted, and sentences about what can't be sent. Throws UserError. */
export async function namedFiles(
  { world, reader }: Wiring,
  records: Records | null,
): Promise<{ readonly files: readonly Named[]; readonly notes: readonly string[] }> {
  const { inventory } = await reader.read()
  const folder = folderOf(reader.file)
  const written = Object.values(reader.texts)
  const files = new Map<string, Named>()
  const notes: string[] = []
  const add = (here: string, path: string, mode: string) => files.set(path, { here, path, mode })
  const below = (path: string) => `${CONTROL_FOLDER}${path.slice(folder.length)}`
  for (const { job } of Object.values(records?.jobs ?? {})) {
    for (const path of job.envFiles) add(path, path, '0600')
    for (const [name, source] of Object.entries(job.secrets))
      if (source.kind === 'file') add(source.path, source.path, '0600')
      else notes.push(told(`secret ${name} of ${job.name}`, source))
  }
  for (const { of, value } of privatesOf(inventory)) {
    if (typeof value === 'string') continue
    if (value.kind !== 'file') notes.push(told(of, value))
    // As it is written: from the inventory's folder it is another path there.
    else if (value.path.startsWith(`${folder}/`) && !written.some((text) => text.includes(value.path)))
      add(value.path, below(value.path), '0600')
    else add(value.path, value.path, '0600')
  }
  for (const { of, value } of commandsOf(inventory)) {
    const [program = ''] = value
    if (!program.includes('/') || SYSTEM.test(program))
      notes.push(
        `${program}, which ${of} runs, is sent to no other control machine: see to it that each of them has it`,
      )
    for (const word of value.filter((each) => each.includes('/') && !SYSTEM.test(each))) {
      const here = resolvePath(folder, word)
      if ((await world.sources.stamp(here))?.kind !== 'file') continue
      add(here, word.startsWith('/') ? word : resolvePath(CONTROL_FOLDER, word), word === program ? '0700' : '0600')
    }
  }
  return { files: [...files.values()].sort((a, b) => byName(a.path, b.path)), notes: [...new Set(notes)] }
}

function told(what: string, { kind }: Exclude<Private, string>): string {
  const from = kind === 'env' ? 'the environment' : 'a command'
  return `${what} comes from ${from}: see to it that each control machine has it`
}

function privatesOf({ hosts, settings }: Inventory): readonly Setting<Private>[] {
  const fences = hosts.flatMap(({ name, fence }) =>
    fence?.kind === 'agent'
      ? Object.entries(fence.options).map(([key, value]) => ({ of: `${key} of hc_fence of ${name}`, value }))
      : [],
  )
  const targets = (settings.notify ?? []).flatMap((target): readonly Private[] => {
    if (target.kind === 'command') return []
    if (target.kind === 'ntfy') return target.token === null ? [target.url] : [target.url, target.token]
    return [target.url, ...Object.values(target.headers)]
  })
  return [...fences, ...targets.map((value) => ({ of: 'a part of hc_notify', value }))]
}

function commandsOf({ hosts, settings }: Inventory): readonly Setting<readonly string[]>[] {
  const fences = hosts.flatMap(({ name, fence }) => {
    const of = `hc_fence of ${name}`
    if (fence === undefined) return []
    return [{ of, value: fence.kind === 'agent' ? [fence.program] : fence.argv }]
  })
  const notify = (settings.notify ?? []).flatMap((target) =>
    target.kind === 'command' ? [{ of: 'hc_notify', value: target.argv }] : [],
  )
  const change = settings.onChange ? [{ of: 'hc_on_change', value: settings.onChange }] : []
  return [...fences, ...notify, ...change]
}
