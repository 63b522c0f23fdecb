import { Args } from '@oclif/core'
import type { DraftLook, OpenFile } from '../../src/model/inventory-edit.js'
import { HcCommand, prose } from '../../src/ui/command.js'

export default class InventoryEdit extends HcCommand {
  static override summary = 'Edit the inventory in your editor, and check it before it is taken'
  static override description =
    prose(`Opens a copy in $VISUAL, else $EDITOR, else vi. What is no valid inventory is not taken: its faults are shown, and you can edit again
or leave; the draft is kept then. A loop that ticks reads the new version by itself.

Exit codes: 0 taken, or nothing changed; 1 left; 2 there are faults and nobody can be asked.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    'EDITOR=nano <%= config.bin %> <%= command.id %> group_vars/all.yml',
  ]
  static override args = {
    file: Args.string({
      description: 'A file in group_vars/ or host_vars/; the inventory without it',
      ignoreStdin: true,
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
        const look = await this.edited(open).catch(async (error: unknown) => {
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

  /** What was taken; null: there are faults, and the draft is kept. */
  private async edited(open: OpenFile): Promise<DraftLook | null> {
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
      if (look.faults.length === 0) {
        await open.take(look)
        this.print(diffLines(look.diff, this.onOut))
        for (const note of look.notes) this.warnOf(note)
        this.say([`Written: ${open.file}.`])
        return look
      }
      if (!(await this.again(open, look))) return null
    }
  }

  private async again(open: OpenFile, { faults }: DraftLook): Promise<boolean> {
    const { faultyDraft } = await import('../../src/ui/editor.js')
    const { faultLines } = await import('../../src/ui/faults.js')
    if (!this.interactive) throw faultyDraft(faults)
    this.say(faults.flatMap((fault) => faultLines(fault, this.onErr)))
    if (await this.confirm('Edit it again?')) return true
    this.say([`Nothing was written. The draft is kept: ${open.draft}`])
    this.endWith(1)
    return false
  }
}
