// An inventory in Ansible's YAML format: its plugins/inventory/yaml.py, stricter where that skips what it can't read.
import { type InventoryTree, TreeBuilder, type Variables } from './inventory-tree.js'
import { didYouMean } from './nearest.js'
import type { Place, Report } from './source.js'
import { describe, type Entry, isEmpty, isNull, type Value } from './value.js'

const SECTIONS = ['hosts', 'children', 'vars']
const NOTHING = { kind: 'scalar', value: null, text: '' } as const

class YamlReader {
  private readonly open: string[] = []

  constructor(
    private readonly builder: TreeBuilder,
    private readonly report: Report,
  ) {}

  readTop(top: Value): void {
    if (isNull(top)) return
    if (top.kind !== 'map') {
      this.report.add(top.place, `an inventory is a mapping of groups, not ${describe(top)}`, 'begin with "all:"')
      return
    }
    const plugin = top.entries.find((entry) => entry.key === 'plugin')
    if (plugin !== undefined && !isEmpty(plugin.value) && plugin.value.kind !== 'map') this.refusePlugin(plugin.place)
    else for (const entry of top.entries) this.readGroup(entry, false)
  }

  private refusePlugin(place: Place): void {
    this.report.add(place, 'hc does not run inventory plugins', 'write the hosts into the file')
  }

  private readGroup(entry: Entry, child: boolean): void {
    const { key: name, place, value } = entry
    if (!this.isText(entry, 'group')) return
    // Ansible warns and goes on without it, where it is no child.
    const slip = value.kind !== 'map' && !isNull(value) && !child
    const group = slip ? null : this.builder.group(name, place)
    // A group that stands inside of itself: findCycle says so.
    if (this.open.includes(name) || isNull(value)) return
    if (value.kind !== 'map') {
      const found = describe(value)
      const report = slip ? this.builder.refusals : this.report
      report.add(value.place, `the group ${name} must be a mapping of hosts, children and vars, not ${found}`)
      return
    }
    if (group === null) return
    this.open.push(name)
    for (const section of value.entries) {
      const each = this.section(name, section)
      if (section.key === 'hosts') for (const host of each) this.readHost(name, host)
      else if (section.key === 'children') for (const child of each) this.readChild(name, child)
      else if (section.key === 'vars') for (const variable of each) this.builder.setGroupVariable(group, variable)
      else this.unknownSection(name, section)
    }
    this.open.pop()
  }

  // `yes`, `12` and `~` without quotes are no text to Ansible, which then refuses them as names.
  private isText(entry: Entry, what: string): boolean {
    if (entry.notText !== true) return true
    this.report.add(entry.place, `a ${what} is named by text, not by ${entry.key}`, 'put the name in quotes')
    return false
  }

  private unknownSection(group: string, { key, place }: Entry): void {
    if (key === 'plugin') {
      this.refusePlugin(place)
      return
    }
    const hint = didYouMean(key, SECTIONS) ?? `put "${key}" under hosts, children or vars of ${group}`
    this.builder.refusals.add(place, `a group holds hosts, children and vars, and no "${key}"`, hint)
  }

  private section(group: string, { key, value }: Entry): readonly Entry[] {
    if (!SECTIONS.includes(key) || isNull(value)) return []
    if (value.kind === 'map') return value.entries
    // Ansible takes a single name for a mapping of it.
    if (value.kind === 'scalar' && typeof value.value === 'string') {
      if (key === 'vars')
        this.builder.refusals.add(value.place, `vars of ${group} must be a mapping, not ${describe(value)}`)
      return [{ key: value.text, place: value.place, value: { ...NOTHING, place: value.place } }]
    }
    const hint = value.kind === 'list' ? `write each name with a colon: "${key}: {NAME: }"` : null
    this.report.add(value.place, `${key} of ${group} must be a mapping, not ${describe(value)}`, hint)
    return []
  }

  private readChild(parent: string, entry: Entry): void {
    if (entry.notText === true) {
      this.isText(entry, 'group')
      return
    }
    const child = this.builder.group(entry.key, entry.place)
    this.readGroup(entry, true)
    this.builder.addChild(this.builder.group(parent, entry.place), child, entry.place)
  }

  private readHost(group: string, entry: Entry): void {
    if (!this.isText(entry, 'host')) return
    const { key, place, value } = entry
    if (value.kind !== 'map' && !isEmpty(value)) {
      this.report.add(value.place, `the variables of ${key} must be a mapping, not ${describe(value)}`)
      return
    }
    const entries = value.kind === 'map' ? value.entries : []
    const vars: Variables = new Map(entries.map((each) => [each.key, each]))
    this.builder.addHosts(this.builder.group(group, place), key, place, vars)
  }
}

/**
 * Reads the top mapping of an inventory; no tree where its groups go round in a circle. `report`: what Ansible can't read
 * either; `refusals`: what only hc refuses. `warnings` are sentences with place.
 */
export function buildTree(
  top: Value,
  report: Report,
  refusals: Report = report,
): { readonly tree: InventoryTree | null; readonly warnings: readonly string[] } {
  const builder = new TreeBuilder(report, refusals, top.place)
  new YamlReader(builder, report).readTop(top)
  return { tree: builder.finish(), warnings: builder.warnings }
}
