// What all commands that edit the inventory share: the diff, what was done, and what to know of it.
import { Flags } from '@oclif/core'
import type { EditChoices, EditReview, InventoryEdit, InventoryEditView } from '../model/inventory-edit.js'
import type { HostName } from '../model/names.js'
import { HcCommand } from './command.js'
import { diffLines } from './diff.js'
import { sanitizeLine } from './sanitize.js'
import { list } from './words.js'

/** The part of the cluster that edits. */
export interface EditDesk {
  editInventory(edit: InventoryEdit, choices: EditChoices): Promise<InventoryEditView>
}

/** Flags of all of them. */
export const editFlags = {
  'dry-run': Flags.boolean({ default: false, description: 'Show what would change and write nothing' }),
}

const UNWRITTEN = 'Nothing was written.'

/** Base of the commands that edit the inventory. */
export abstract class InventoryEditCommand extends HcCommand {
  protected override leaves = 'nothing is written.'
  private shown = false

  /** Edits, shows what it changed, and says what came of it. */
  protected async edit(
    desk: EditDesk,
    edit: InventoryEdit,
    dryRun: boolean,
    review: (review: EditReview) => Promise<boolean> = async () => true,
  ): Promise<InventoryEditView> {
    const view = await desk.editInventory(edit, { dryRun, review })
    if (view.declined) {
      if (this.refusal === null) this.endDeclined(UNWRITTEN)
      else {
        this.say([UNWRITTEN])
        this.suggest(this.refusal)
      }
      return view
    }
    if (!this.shown) this.print(diffLines(view.diff, this.onOut))
    for (const note of view.notes) this.warnOf(note)
    this.say(outcome(view).map(sanitizeLine))
    return view
  }

  /** What to do next where the command itself refused, with an exit code of its own. */
  protected refusal: string | null = null

  /** The diff before a question; it is not shown a second time. */
  protected showFirst({ view }: EditReview): void {
    this.shown = true
    if (!this.jsonEnabled()) this.say(diffLines(view.diff, this.onErr))
  }

  /** Positional words in the order in which they were typed, those that occur twice included. */
  protected words(raw: readonly { readonly type: string; readonly input?: string }[]): readonly string[] {
    return raw.flatMap(({ type, input }) => (type === 'arg' && input !== undefined ? [input] : []))
  }
}

function outcome(view: InventoryEditView): string[] {
  const { changes, moved } = view
  if (view.dryRun) {
    const would = moved.map(({ from, to }) => `${from} would be ${to}.`)
    return [...would, view.changed ? UNWRITTEN : 'Nothing would change.']
  }
  if (!view.changed) return ['Nothing to change: it is so already.']
  const written = changes.length > 0 ? [`Written: ${list(changes.map(({ file }) => file))}.`] : []
  return [...written, ...moved.map(({ from, to }) => `${from} is ${to} now.`)]
}

/** What frees a host of what the records place there: a hint for each reason why something stays. */
export function waysOut(host: HostName, placed: EditReview['placed']): string {
  const has = (kept: string | undefined) => placed.some((each) => each.kept === kept)
  return [
    has(undefined) ? `hc host drain ${host} moves what runs` : null,
    has('stopped') ? 'a stopped job keeps its place until hc job remove' : null,
    has('removed')
      ? `a job that was removed keeps its place where it could not be stopped: hc host forget ${host} drops it`
      : null,
    has('system')
      ? `a system job has a slot on every host that takes jobs: hc inventory set all hc_hosts='all:!${host}', hc reconcile, then hc host forget ${host}`
      : null,
  ]
    .filter((each) => each !== null)
    .join('; ')
}
