import { Args, Flags } from '@oclif/core'
import type { DraftLook, OpenFile } from '../../src/model/inventory-edit.js'
import { HcCommand, prose } from '../../src/ui/command.js'

export default class InventoryEdit extends HcCommand {
  static override summary = 'Edit the inventory in your editor, and check it before it is taken'
  static override description =
    prose(`Opens a copy in $VISUAL, else $EDITOR, else vi. What is no valid inventory is not taken: its faults are shown, and you can edit again
or leave; the draft is kept then. A draft without any host, or without one on which something is placed, is taken only after a question,
or with --yes. A loop that ticks reads the new version by itself.

Exit codes: 0 taken, or nothing changed; 1 left; 2 there are faults or hosts go, and nobody can be asked.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '$ EDITOR=nano <%= config.bin %> <%= command.id %> group_vars/all.yml',
  ]
  static override args = {
    file: Args.string({
      description: 'A file in group_vars/ or host_vars/; the inventory without it',
      ignoreStdin: true,
    }),
  }
  static override flags = {
    yes: Flags.boolean({
      char: 'y',
      default: false,
      description: 'Also take a draft that loses hosts which are needed',
    }),
  }

  protected override leaves = 'the inventory is as it was.'

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(InventoryEdit)
    const { env } = this.terminal
    if (!this.interactive && !env.VISUAL && !env.EDITOR) {
      throw this.misused(
        'inventory edit needs a terminal, or an EDITOR that does without',
        'hc inventory set changes single variables',
      )
    }
    const { document } = await import('../../src/ui/json.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const open = await hc.openInventoryFile(args.file ?? null)
        const look = await this.edited(open, flags.yes).catch(async (error: unknown) => {
          if ((await open.look()).changed) this.say([`The draft is kept: ${open.draft}`])
          else await open.drop()
          throw error
        })
        if (look === null) return document({ file: open.file, changed: false, diff: '', draft: open.draft })
        const { changed, diff } = look
        return document({ file: open.file, changed, diff, draft: null })
      },
    )
  }

  /** What was taken; null: the person left, and the draft is kept. */
  private async edited(open: OpenFile, yes: boolean): Promise<DraftLook | null> {
    const { editorWords, runEditor } = await import('../../src/ui/editor.js')
    const { diffLines } = await import('../../src/ui/diff.js')
    for (;;) {
      await runEditor(editorWords(this.terminal.env), open.draft, this.terminal.out.isTTY)
      const look = await open.look()
      if (!look.changed) {
        await open.drop()
        this.say(['Nothing was changed.'])
        return look
      }
      if (look.faults.length === 0 && (await this.believed(look, yes))) {
        await open.take(look)
        this.print(diffLines(look.diff, this.onOut))
        for (const note of look.notes) this.warnOf(note)
        this.say([`Written: ${open.file}.`])
        return look
      }
      if (!(await this.again(open, look))) return null
    }
  }

  /** Is it meant as it is? */
  private async believed(look: DraftLook, yes: boolean): Promise<boolean> {
    const { doubtfulDraft, doubtsOf, wayOutOf } = await import('../../src/ui/editor.js')
    const doubts = doubtsOf(look)
    if (doubts.length === 0) return true
    if (!yes && !this.interactive) throw doubtfulDraft(look)
    for (const doubt of doubts) this.warnOf(doubt)
    if (yes) return true
    this.suggest(wayOutOf(look))
    return this.confirm('Take it all the same?')
  }

  private async again(open: OpenFile, { faults }: DraftLook): Promise<boolean> {
    const { faultyDraft } = await import('../../src/ui/editor.js')
    const { faultLines } = await import('../../src/ui/faults.js')
    if (faults.length > 0 && !this.interactive) throw faultyDraft(faults)
    this.say(faults.flatMap((fault) => faultLines(fault, this.onErr)))
    if (await this.confirm('Edit it again?')) return true
    this.endDeclined(`Nothing was written. The draft is kept: ${open.draft}`)
    return false
  }
}
