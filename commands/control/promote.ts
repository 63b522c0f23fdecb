import { Args } from '@oclif/core'
import { prose } from '../../src/ui/command.js'
import { ControlChangeCommand, controlFlags } from '../../src/ui/control-change.js'

export default class ControlPromote extends ControlChangeCommand {
  static override summary = 'Have a control machine lead'
  static override description =
    prose(`The loops of the others rest until it does: before the machine that leads is switched off, say. What runs runs on; no host is
replaced meanwhile. Should the command be killed, the others start again by themselves within half a
minute. Asks on a terminal; without one it needs --yes.

Exit codes: 0 done; 1 it does not lead in time, or it was declined; 2 refused, or a name is wrong.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %> nuc3 --dry-run',
    '<%= config.bin %> <%= command.id %> nuc3',
  ]
  static override args = { host: Args.string({ description: 'Its name', required: true, ignoreStdin: true }) }
  static override flags = controlFlags

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ControlPromote)
    if (!flags['dry-run']) this.needYes(flags.yes, 'control promote')
    const { document } = await import('../../src/ui/json.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => document(await this.change(flags, (choices) => hc.promoteControl(args.host, choices))),
    )
  }
}
