import { Args, Flags } from '@oclif/core'
import { HcCommand, prose } from '../../src/ui/command.js'
import { durationFlag } from '../../src/ui/common-flags.js'

export default class DrillLose extends HcCommand {
  static override summary = 'Rehearse the loss of a host, and measure how long it takes until all answers elsewhere'
  static override description =
    prose(`The host seems to lose its power: what hc runs there is killed, and nobody hears the host. The loop replaces what it ran. Then the host
is let back. A timer on the host itself, set before anything else, lets it back in any case; Ctrl-C does so at once.

Refused where no loop ticks, a host is not ready, something is not as it was applied, or the loss would not be survived. Asks on a terminal; without one it
needs --yes.

Exit codes: 0 all answered elsewhere and all is well again; 1 not all, or it was declined; 2 refused.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %> nuc2',
    '<%= config.bin %> <%= command.id %> nuc2 --for 30s --yes',
  ]
  static override args = { host: Args.string({ description: 'Its name', required: true, ignoreStdin: true }) }
  static override flags = {
    yes: Flags.boolean({ char: 'y', default: false, description: 'Do it without asking' }),
    force: Flags.boolean({ default: false, description: 'Also where the loss would not be survived' }),
    for: durationFlag({
      description: 'How long the host is silent at the longest, 5s to 5m; else as long as is needed',
    }),
  }
  protected override leaves = 'The host is let back now.'

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(DrillLose)
    this.needYes(flags.yes, 'drill lose')
    if (flags.for !== undefined && (flags.for < 5000 || flags.for > 300_000)) {
      throw this.misused('--for takes from 5s to 5m', 'write it as 30s')
    }
    const { document } = await import('../../src/ui/json.js')
    const { drillLines, drillPlanLines, drillQuestion } = await import('../../src/ui/drill.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const { view, verdict } = await hc.drillLose(args.host, {
          force: flags.force,
          boundMs: flags.for ?? null,
          confirm: async (plan) => {
            this.say(drillPlanLines(plan))
            return flags.yes || (await this.confirm(drillQuestion(plan)))
          },
          onNote: (text) => this.say([text]),
        })
        if (view.declined) {
          this.endDeclined('Nothing was done.')
          return document(view)
        }
        this.print(drillLines(view, verdict))
        const answered = view.slots.every(({ afterMs }) => afterMs !== null)
        this.endWith(answered && view.convergedMs !== null ? 0 : 1)
        return document({ ...view, verdict })
      },
    )
  }
}
