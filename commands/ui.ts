import { HcCommand, prose } from '../src/ui/command.js'

export default class Ui extends HcCommand {
  static override summary = 'Watch and steer the cluster on a full screen, live'
  static override description =
    prose(`Hosts, jobs, allocations and events, renewed every second. It reads what the loop knows; where no loop ticks it looks
by itself. ? shows the keys; what changes the cluster asks before.

Needs a terminal of at least 80 columns and 24 rows; elsewhere hc status --watch shows the same as text.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> -i /srv/cluster/inventory.yml',
  ]

  private note: ((text: string) => void) | null = null

  /** Nobody can be asked once the screen is taken: an unknown host key or a passphrase is a failure with a sentence. */
  protected override get interactive(): boolean {
    return false
  }

  /** While the screen is taken, lines go into it. */
  protected override say(lines: readonly string[]): void {
    if (this.note === null) super.say(lines)
    else this.note(lines.join(' '))
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Ui)
    const { whyNotHere } = await import('../src/ui/cockpit/fitness.js')
    const unfit = this.jsonEnabled()
      ? { message: 'hc ui is for people and has no JSON', hint: 'hc status --watch --json follows the cluster' }
      : whyNotHere(this.terminal)
    if (unfit) throw this.misused(unfit.message, unfit.hint)
    await this.withHc(
      flags,
      () => import('../src/hc.js'),
      async (hc, signal) => {
        const { startCockpit } = await import('../src/ui/cockpit/start.js')
        const { lastWord } = await import('../src/ui/cockpit/last-word.js')
        const { note, ended } = startCockpit(hc, {
          stdout: process.stdout,
          stdin: process.stdin,
          style: this.onOut.style,
          title: hc.inventoryFile,
          signal,
          now: () => this.terminal.now(),
        })
        this.note = note
        const state = await ended.finally(() => {
          this.note = null
        })
        this.print(lastWord(state, this.onOut))
      },
    )
  }
}
