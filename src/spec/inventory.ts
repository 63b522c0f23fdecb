// inventory.yml and the variable files beside it -> Inventory, or every fault in them.
import type { Fault } from '../model/errors.js'
import type { Host, Inventory, Json, LeaseSettings, Settings } from '../model/host.js'
import { byName, type HostName } from '../model/names.js'
import { clusterFields, clusterShape, hostFields, hostShape } from './cluster-variables.js'
import { readConnection } from './connection.js'
import { absoluteFence } from './fence.js'
import { foreignFormat, inventoryFormat } from './inventory-format.js'
import { readIni } from './inventory-ini.js'
import type { InventoryTree, Variables } from './inventory-tree.js'
import { buildTree } from './inventory-yaml.js'
import { holdsJinja, jinjaNotes } from './jinja.js'
import { leaseSettings } from './lease-settings.js'
import { groupsByHost } from './membership.js'
import { didYouMean } from './nearest.js'
import { absoluteTargets } from './notify.js'
import { folderOf, resolvePath } from './paths.js'
import { matchPattern } from './patterns.js'
import { type Place, Report, Source } from './source.js'
import { LONGER_TAKEOVER, shortTakeover } from './takeover.js'
import { type Entry, type MapValue, toJson, type Value } from './value.js'
import { clusterVariables, hostVariables, readVariableFiles, type VariableSources } from './variables.js'
import { readYaml } from './yaml.js'

/** What the caller has read from disk. */
export interface InventoryFiles {
  /** As it is to be named in faults; kept as `Inventory.file`. */
  readonly file: string
  readonly text: string
  /**
   * Variable files: path relative to the inventory's folder (`group_vars/web.yml`, `host_vars/nuc1/main.yml`) -> text. Every
   * file below group_vars/ and host_vars/ for which isVariableFile is true. A path with `/` at its end is a folder that is
   * there, whether anything in it is read or not: Ansible then reads no file of that name beside it.
   */
  readonly beside?: Readonly<Record<string, string>>
  /** Where relative key files are seen from, absolute; without it they stay as they are. */
  readonly workingFolder?: string
}

/** Groups and merged variables as Ansible has them: for patterns, `inventory list` and `graph`. */
export interface InventoryData {
  readonly tree: InventoryTree
  readonly hostVars: ReadonlyMap<HostName, Readonly<Record<string, Json>>>
  /** The same variables with their places. */
  readonly hostVariables: ReadonlyMap<HostName, Variables>
  /** Of each group itself, from the inventory and its files. */
  readonly groupVariables: ReadonlyMap<string, Variables>
}

/** What became of an inventory. */
export type ReadInventory =
  | { readonly inventory: Inventory; readonly data: InventoryData }
  /** `data` where Ansible reads it and only hc can't go by it: for listing. */
  | { readonly faults: readonly Fault[]; readonly data: InventoryData | null }

/** A variable as it stands somewhere, with the group whose it is, or null for a host's. */
interface Definition {
  readonly entry: Entry
  readonly group: string | null
}

function definitions({ tree, groupFiles, hostFiles }: VariableSources): readonly Definition[] {
  const of = (vars: Variables, group: string | null) => [...vars.values()].map((entry) => ({ entry, group }))
  return [
    ...[...tree.groups.values()].flatMap((group) => of(group.vars, group.name)),
    ...[...groupFiles].flatMap(([name, vars]) => of(vars, name)),
    ...[...tree.hosts.values()].flatMap((host) => of(host.vars, null)),
    ...[...hostFiles.values()].flatMap((vars) => of(vars, null)),
  ]
}

const KNOWN = [...Object.keys(clusterFields), ...Object.keys(hostFields)]

// Also what is overridden elsewhere is checked: a fault that waits for another edit is a trap.
function checkDefinition({ entry, group }: Definition, report: Report): void {
  if (!KNOWN.includes(entry.key)) {
    report.add(
      entry.place,
      `unknown variable "${entry.key}"`,
      didYouMean(entry.key, KNOWN) ?? `known are ${KNOWN.join(', ')}`,
    )
  } else if (Object.hasOwn(clusterFields, entry.key) && group !== 'all') {
    report.add(entry.place, `${entry.key} is a setting of the whole cluster`, 'put it under vars of the group all')
  } else if (holdsJinja(entry.value)) {
    report.add(
      entry.value.place,
      `${entry.key} holds a Jinja expression, which only Ansible evaluates`,
      'write the value itself',
    )
  } else {
    const one: MapValue = { kind: 'map', entries: [entry], place: entry.place }
    const shape = Object.hasOwn(clusterFields, entry.key) ? clusterShape : hostShape
    shape.read(one, report, '')
  }
}

function select(vars: Variables, fields: object, place: Place): Value {
  return { kind: 'map', entries: [...vars.values()].filter((entry) => Object.hasOwn(fields, entry.key)), place }
}

/** A host's variables as read, by their names in the file. */
type HostVariables = NonNullable<ReturnType<typeof hostShape.read>>
/** The cluster's variables as read, by their names in the file. */
type ClusterVariables = NonNullable<ReturnType<typeof clusterShape.read>>

function settings(read: ClusterVariables, folder: string, lease: LeaseSettings): Settings {
  return {
    reconcile: read.hc_reconcile,
    probeTimeoutMs: read.hc_probe_timeout,
    lostAfterMs: read.hc_lost_after,
    massLossHoldMs: read.hc_mass_loss_hold,
    strategy: read.hc_strategy,
    moves: read.hc_moves,
    survive: read.hc_survive,
    witnesses: read.hc_witness,
    bootWaitMs: read.hc_boot_wait,
    hungAfterMs: read.hc_hung_after,
    lease,
    notify: absoluteTargets(read.hc_notify, folder),
    onChange: read.hc_on_change,
    store: read.hc_store,
    takeoverMs: read.hc_takeover,
  }
}

function capacityOf({
  hc_capacity: parts,
  hc_overcommit: overcommit,
}: HostVariables): Pick<Host, 'capacity' | 'deviceAttributes' | 'overcommit'> {
  const promised = overcommit === null || Object.keys(overcommit).length === 0 ? {} : { overcommit }
  if (parts === null) return { capacity: null, ...promised }
  const { devices, ...amounts } = parts
  const said = Object.entries({ ...amounts, devices: devices?.amounts ?? null }).filter(([, amount]) => amount !== null)
  const attributes = devices?.attributes ?? {}
  return {
    capacity: Object.fromEntries(said),
    ...promised,
    ...(Object.keys(attributes).length === 0 ? {} : { deviceAttributes: attributes }),
  }
}

interface HostInput {
  readonly name: HostName
  readonly vars: Variables
  readonly groups: readonly string[]
  readonly takesJobs: boolean
  readonly workingFolder: string | null
  /** The inventory's own. */
  readonly folder: string
  readonly place: Place
}

function readHost(input: HostInput, report: Report, warnings: string[]): Host | null {
  const { name, vars, groups, takesJobs, workingFolder, folder, place } = input
  const own = hostShape.read(select(vars, hostFields, place), report, '')
  const reached = readConnection(name, vars, workingFolder, report)
  warnings.push(...reached.warnings)
  if (own === undefined) return null
  return {
    name,
    connection: reached.connection,
    become: own.hc_become ?? reached.become,
    takesJobs,
    labels: own.hc_labels,
    ...(own.hc_fence && { fence: absoluteFence(own.hc_fence, folder) }),
    ...(own.hc_hung_moves === 'ordinary' && { hungMoves: own.hc_hung_moves }),
    ...capacityOf(own),
    reserve: own.hc_reserve,
    groups: groups.filter((group) => group !== 'all').sort(byName),
    vars: jsonOf(vars),
  }
}

function jsonOf(vars: Variables): Readonly<Record<string, Json>> {
  return Object.fromEntries([...vars.values()].map((entry) => [entry.key, toJson(entry.value)]))
}

// One machine under two names would be given everything twice, and exclusive jobs would not be exclusive.
function checkAddresses(hosts: readonly Host[], tree: InventoryTree, report: Report): void {
  const seen = new Map<string, HostName>()
  for (const host of hosts.filter((each) => each.takesJobs)) {
    const { kind, address, port } = host.connection
    const key = kind === 'local' ? 'local' : `${address} ${port ?? 22}`
    const other = seen.get(key)
    const place = tree.hosts.get(host.name)?.place
    if (other !== undefined && place !== undefined) {
      const what = kind === 'local' ? 'is this machine, and so is' : `has the address ${address}, and so has`
      report.add(place, `${host.name} ${what} ${other}`, 'each machine may take jobs under one name only; see hc_hosts')
    }
    seen.set(key, host.name)
  }
}

function takers(tree: InventoryTree, pattern: string, at: Place, report: Report): readonly HostName[] {
  if (tree.hosts.size === 0) return []
  const found = matchPattern(tree, pattern)
  if (!('message' in found)) return found
  report.add(at, `hc_hosts: ${found.message}`, found.hint)
  return []
}

function dataOf(sources: VariableSources): InventoryData {
  const variables = hostVariables(sources)
  const { tree, groupFiles } = sources
  const groups = [...tree.groups.values()].map((group): [string, Variables] => [
    group.name,
    new Map([...group.vars, ...(groupFiles.get(group.name) ?? [])]),
  ])
  return {
    tree,
    hostVars: new Map([...variables].map(([name, vars]) => [name, jsonOf(vars)])),
    hostVariables: variables,
    groupVariables: new Map(groups),
  }
}

function readTree({ file, text }: InventoryFiles, report: Report, refusals: Report): ReturnType<typeof buildTree> {
  const nothing = { tree: null, warnings: [] }
  const foreign = foreignFormat(file, text)
  if (foreign !== null) {
    report.add({ source: new Source(file, text), offset: null }, foreign.message, foreign.hint)
    return nothing
  }
  if (inventoryFormat(file, text) === 'ini') return readIni(new Source(file, text), report, refusals)
  const read = readYaml(file, text, { dialect: 'yaml-1.1', duplicates: 'last' }, report)
  if (read === null) return nothing
  const { tree, warnings } = buildTree(read.value, report, refusals)
  return { tree, warnings: [...read.warnings, ...warnings] }
}

/** Reads an inventory as Ansible does, and checks everything that hc goes by. */
export function parseInventory(files: InventoryFiles): ReadInventory {
  const [report, refusals] = [new Report(), new Report()]
  const { tree, warnings } = readTree(files, report, refusals)
  const show = (path: string) => resolvePath(folderOf(files.file), path)
  const sources = tree === null ? null : readVariableFiles(tree, files.beside ?? {}, show, report)
  const data = sources === null || report.faults.length > 0 ? null : dataOf(sources)
  const checked = sources === null ? null : check(files, sources, refusals)
  report.take(refusals)
  if (report.faults.length > 0 || checked === null || data === null) return { faults: report.faults, data }
  const notes = [...new Set([...warnings, ...(sources?.warnings ?? []), ...checked.notes])]
  return { inventory: { file: files.file, ...checked, notes }, data }
}

/** What hc goes by; null where its settings are faulty, which is then in the report. */
function check(
  files: InventoryFiles,
  sources: VariableSources,
  report: Report,
): Pick<Inventory, 'hosts' | 'settings' | 'notes'> | null {
  const { tree } = sources
  const all = definitions(sources)
  const own = all.filter(({ entry }) => entry.key.startsWith('hc_'))
  for (const definition of own) checkDefinition(definition, report)
  const cluster = clusterVariables(sources)
  const top: Place = { source: new Source(files.file, files.text), offset: null }
  const values = clusterShape.read(select(cluster, clusterFields, top), report, '')
  if (values === undefined) return null
  const taking = new Set(takers(tree, values.hc_hosts, cluster.get('hc_hosts')?.value.place ?? top, report))
  const notes = [...jinjaNotes(all.map(({ entry }) => entry))]
  const groups = groupsByHost(tree)
  const variables = hostVariables(sources)
  const hosts: Host[] = []
  for (const { name, place } of [...tree.hosts.values()].sort((a, b) => byName(a.name, b.name))) {
    const vars = variables.get(name) ?? new Map()
    const workingFolder = files.workingFolder ?? null
    const where = { workingFolder, folder: folderOf(files.file), place }
    const input = { name, vars, groups: groups.get(name) ?? [], takesJobs: taking.has(name), ...where }
    const host = readHost(input, report, notes)
    if (host !== null) hosts.push(host)
  }
  checkAddresses(hosts, tree, report)
  if (hosts.length === 0) notes.push(`${files.file}: the inventory has no hosts`)
  const lease = leaseSettings(values, cluster.get('hc_lease')?.value.place ?? null, report)
  const whole = settings(values, folderOf(files.file), lease)
  const risk = shortTakeover(whole)
  if (risk !== null) notes.push(`${risk}. ${LONGER_TAKEOVER}`)
  return { hosts, settings: whole, notes }
}
