import { Args, Flags } from '@oclif/core'
import { HcCommand, prose } from '../../src/ui/command.js'

export default class HostClean extends HcCommand {
  static override summary = 'Stop and remove units of hc that this store knows nothing of'
  static override description =
    prose(`On a host that answers: what a lost store, another cluster or a hand left behind, and hc status shows as unclaimed. What the records place
there is never touched; to drop those records is hc host forget. They are listed first, and it asks on a terminal; without one it needs --yes. Volumes stay. What is worth keeping is taken over by an
hc apply of its job instead, without a restart.

Exit codes: 0 done, or nothing was there; 1 something failed or was declined; 2 the host does not answer, or its name is wrong.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %> nuc2',
    '<%= config.bin %> <%= command.id %> nuc2 --yes',
  ]
  static override args = { host: Args.string({ description: 'Its name', required: true, ignoreStdin: true }) }
  static override flags = { yes: Flags.boolean({ char: 'y', default: false, description: 'Do not ask' }) }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(HostClean)
    this.needYes(flags.yes, 'host clean')
    const { EXIT } = await import('../../src/ui/exit-codes.js')
    const { document } = await import('../../src/ui/json.js')
    const { cleanLines, strayLines } = await import('../../src/ui/host-verbs.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const found = await hc.planClean(args.host)
        this.say(strayLines(found, this.onErr))
        const ask = found.units.length > 0 && !flags.yes
        if (ask && !(await this.confirm(`Stop and remove all of this on ${args.host}?`))) {
          this.endDeclined()
          return document({ declined: true })
        }
        const slots = found.units.map(({ slot }) => slot)
        const view = slots.length === 0 ? found : await hc.cleanHost(args.host, slots)
        this.print(cleanLines(view, this.onOut))
        this.endWith(view.results.every(({ ok }) => ok) ? EXIT.done : EXIT.failed)
        return document(view)
      },
    )
  }
}
