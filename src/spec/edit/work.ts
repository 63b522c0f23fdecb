// What an edit works on: the texts of the inventory and of the variable files beside it, and what they mean before it.
import type { HostName } from '../../model/names.js'
import type { InventoryData } from '../inventory.js'
import { hostsOf } from '../membership.js'
import { didYouMean } from '../nearest.js'
import { filesOf } from '../variables.js'
import { Draft } from './draft.js'
import { Refusal } from './splice.js'
import { type Spots, spotsOf } from './spots.js'

/** A variable file or folder that gets another name. */
export interface Move {
  readonly from: string
  readonly to: string
}

/** The texts while they are edited. Paths are relative to the inventory's folder, the inventory's own is ''. */
export class Work {
  readonly notes: string[] = []
  readonly moves: Move[] = []
  private readonly texts: Map<string, string>
  /** The file that is being edited, for the place of a Refusal. */
  at = ''

  constructor(
    inventory: string,
    beside: Readonly<Record<string, string>>,
    readonly data: InventoryData,
  ) {
    this.texts = new Map([['', inventory], ...Object.entries(beside)])
  }

  /** The text as it is by now. */
  text(path: string): string {
    return this.texts.get(path) ?? ''
  }

  /** All texts as they are by now. */
  get all(): ReadonlyMap<string, string> {
    return this.texts
  }

  /** The inventory as it is by now. */
  get draft(): Draft {
    this.at = ''
    return new Draft(this.text(''))
  }

  /** Where groups and hosts stand by now. */
  get spots(): Spots {
    return spotsOf(this.draft)
  }

  /** Takes a new version of a text. */
  take(draft: Draft, path = ''): void {
    this.texts.set(path, draft.text)
  }

  /** The draft of a file beside the inventory; null: it is encrypted. */
  beside(path: string): Draft | null {
    if (this.text(path).startsWith('$ANSIBLE_VAULT;')) return null
    this.at = path
    return new Draft(this.text(path))
  }

  /** The variable files of a host or group, the one that counts most first. */
  filesOf(folder: 'host_vars' | 'group_vars', name: string): readonly string[] {
    const paths = [...this.texts.keys()].filter((path) => path.startsWith(`${folder}/`))
    return [...filesOf(`${folder}/${name}`, paths)].reverse()
  }

  /** Gives a variable file another path. */
  move(from: string, to: string): void {
    for (const [path, text] of [...this.texts]) {
      if (path !== from && !path.startsWith(`${from}/`)) continue
      this.texts.delete(path)
      this.texts.set(to + path.slice(from.length), text)
    }
    this.moves.push({ from, to })
  }

  /** Throws a Refusal unless the inventory has these hosts. */
  needHosts(names: readonly HostName[]): void {
    for (const name of names) {
      if (this.data.tree.hosts.has(name)) continue
      const hint = didYouMean(name, this.data.tree.hosts.keys()) ?? 'hc inventory list shows the hosts'
      throw new Refusal(`the inventory has no host "${name}"`, hint)
    }
  }

  /** Throws a Refusal unless the inventory has this group. */
  needGroup(name: string): void {
    if (this.data.tree.groups.has(name)) return
    const near = didYouMean(name, this.data.tree.groups.keys())
    throw new Refusal(`the inventory has no group "${name}"`, near ?? `hc inventory group add ${name}`)
  }

  /** Members of a group before the edit, at any depth. */
  members(group: string): readonly HostName[] {
    return hostsOf(this.data.tree, group)
  }
}
