// Which variables a host has: those of its groups, of the files beside the inventory, and its own, in Ansible's order.
import { byName, type HostName } from '../model/names.js'
import type { Group, InventoryTree, Variables } from './inventory-tree.js'
import { groupsByHost } from './membership.js'
import { didYouMean } from './nearest.js'
import type { Report } from './source.js'
import { describe, type Entry, isEmpty } from './value.js'
import { readYaml } from './yaml.js'

/** The folders beside an inventory that hold variables. */
export const VARIABLE_FOLDERS: readonly string[] = ['group_vars', 'host_vars']

const EXTENSIONS = ['.yml', '.yaml', '.json']

/**
 * True for a path (relative to the inventory's folder) that Ansible would read: `group_vars/NAME`, with or without
 * .yml, .yaml or .json, or such a file at any depth in a folder of that name. Hidden files and backups (`~`) are not read.
 */
export function isVariableFile(path: string): boolean {
  const [folder = '', ...parts] = path.split('/')
  if (!VARIABLE_FOLDERS.includes(folder) || parts.length === 0) return false
  if (parts.some((part) => part === '' || part.startsWith('.') || part.endsWith('~'))) return false
  const inside = parts.slice(1, -1)
  if (inside.some((part) => part.includes('.'))) return false
  const last = parts.at(-1) ?? ''
  if (parts.length === 1) return true
  const dot = last.lastIndexOf('.')
  return dot <= 0 || EXTENSIONS.includes(last.slice(dot))
}

/** Variables of one name (a group or host) in one of the folders, merged in the order of the files. */
type FolderVariables = ReadonlyMap<string, Variables>

/** Everything that was read, ready to be merged. */
export interface VariableSources {
  readonly tree: InventoryTree
  readonly groupFiles: FolderVariables
  readonly hostFiles: FolderVariables
  /** Sentences: files that name nobody, keys that stand twice. */
  readonly warnings: readonly string[]
}

/**
 * Of the paths, those that hold the variables of a name (`host_vars/nuc1`), in the order in which they count. As Ansible's
 * find_vars_files: the bare name first, then by extension; the first one only, be it a file or a folder. A path with `/` at
 * its end is a folder that is there, whatever is in it.
 */
export function filesOf(name: string, paths: readonly string[]): readonly string[] {
  for (const path of ['', ...EXTENSIONS].map((extension) => `${name}${extension}`)) {
    const inFolder = paths.filter((each) => each.startsWith(`${path}/`))
    if (inFolder.length > 0) return inFolder.filter((each) => !each.endsWith('/')).sort(byPath)
    if (paths.includes(path)) return [path]
  }
  return []
}

// Folder by folder in byte order, as sorted(os.listdir()) walks them.
function byPath(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')]
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const [one = '', other = ''] = [left[index], right[index]]
    if (one !== other) return one < other ? -1 : 1
  }
  return left.length - right.length
}

interface Beside {
  readonly folder: string
  readonly names: readonly string[]
  /** Path relative to the inventory's folder -> text. */
  readonly texts: Readonly<Record<string, string>>
  /** Relative path -> as it is to be named in faults. */
  readonly show: (path: string) => string
  readonly report: Report
  readonly warnings: string[]
}

function readFolder(beside: Beside): FolderVariables {
  const { folder, names, texts, show, report, warnings } = beside
  const all = Object.keys(texts).filter((path) => path.startsWith(`${folder}/`))
  const paths = all.filter(isVariableFile)
  const known = [...paths, ...all.filter((path) => path.endsWith('/'))]
  const used = new Set<string>()
  const read = new Map<string, Variables>()
  for (const name of names) {
    const vars = new Map<string, Entry>()
    for (const path of filesOf(`${folder}/${name}`, known)) {
      used.add(path)
      merge(vars, readFile(show(path), texts[path] ?? '', report, warnings))
    }
    if (vars.size > 0) read.set(name, vars)
  }
  const stray = new Set(paths.filter((path) => !used.has(path)).map((path) => path.split('/')[1] ?? ''))
  for (const each of [...stray].sort(byName)) {
    const name = each.replace(/\.(?:ya?ml|json)$/, '')
    const kind = folder === 'group_vars' ? 'group' : 'host'
    const why = names.includes(name)
      ? `not read: another file or folder of ${name} comes first`
      : `names no ${kind} of the inventory`
    const near = names.includes(name) ? null : didYouMean(name, names)
    warnings.push(`${show(`${folder}/${each}`)}: ${why}${near === null ? '' : `: ${near}`}`)
  }
  return read
}

function readFile(file: string, text: string, report: Report, warnings: string[]): Variables {
  if (text.startsWith('$ANSIBLE_VAULT;')) {
    warnings.push(`${file}: the file is encrypted with ansible-vault: hc sees none of its variables`)
    return new Map()
  }
  const read = readYaml(file, text, { dialect: 'yaml-1.1', duplicates: 'last' }, report)
  if (read === null || isEmpty(read.value)) return new Map()
  warnings.push(...read.warnings)
  if (read.value.kind === 'map') return new Map(read.value.entries.map((entry) => [entry.key, entry]))
  report.add(read.value.place, `a file of variables is a mapping, not ${describe(read.value)}`)
  return new Map()
}

/** Reads group_vars and host_vars. `show` turns a relative path into what faults call it. */
export function readVariableFiles(
  tree: InventoryTree,
  texts: Readonly<Record<string, string>>,
  show: (path: string) => string,
  report: Report,
): VariableSources {
  const warnings: string[] = []
  const beside = { texts, show, report, warnings }
  const groupFiles = readFolder({ ...beside, folder: 'group_vars', names: [...tree.groups.keys()] })
  const hostFiles = readFolder({ ...beside, folder: 'host_vars', names: [...tree.hosts.keys()] })
  return { tree, groupFiles, hostFiles, warnings }
}

/** Ansible's sort_groups: the deeper, then the higher priority, then the later name wins. */
function sortGroups(groups: readonly Group[]): readonly Group[] {
  return [...groups].sort(
    (a, b) => a.depth - b.depth || a.priority - b.priority || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  )
}

function merge(into: Map<string, Entry>, vars: Variables | undefined): void {
  for (const [key, entry] of vars ?? []) into.set(key, entry)
}

/** Variables of the group `all`: what holds for the whole cluster. */
export function clusterVariables(sources: VariableSources): Variables {
  const vars = new Map<string, Entry>()
  merge(vars, sources.tree.groups.get('all')?.vars)
  merge(vars, sources.groupFiles.get('all'))
  return vars
}

/**
 * Variables of every host. Lowest first, each replacing what came before (Ansible's default VARIABLE_PRECEDENCE): vars of
 * all, vars of groups, group_vars/all, group_vars/GROUP, the host's own, host_vars/HOST.
 */
export function hostVariables(sources: VariableSources): ReadonlyMap<HostName, Variables> {
  const { tree, groupFiles, hostFiles } = sources
  const groups = groupsByHost(tree)
  const result = new Map<HostName, Variables>()
  for (const host of tree.hosts.values()) {
    const own = (groups.get(host.name) ?? [])
      .map((name) => tree.groups.get(name))
      .filter((group) => group !== undefined)
    const sorted = sortGroups(own.filter((group) => group.name !== 'all'))
    const vars = new Map<string, Entry>()
    merge(vars, tree.groups.get('all')?.vars)
    for (const group of sorted) merge(vars, group.vars)
    merge(vars, groupFiles.get('all'))
    for (const group of sorted) merge(vars, groupFiles.get(group.name))
    merge(vars, host.vars)
    merge(vars, hostFiles.get(host.name))
    result.set(host.name, vars)
  }
  return result
}
