import { Args, Flags } from '@oclif/core'
import { HcCommand, prose } from '../../src/ui/command.js'

export default class HostForget extends HcCommand {
  static override summary = 'Drop what is known of hosts, so that what was placed there is placed anew'
  static override description =
    prose(`Of the records, not of the host: for a host that is gone for good, was installed anew, or has left the inventory. Nothing is sent to it,
and what runs there is not stopped; to stop what hc knows nothing of on a host that answers is hc host clean. Slots that waited for
the host start elsewhere, without the data that is on it; a cordon or a drain of it ends. Refused where exclusive work may still run there: hc
host confirm-lost NAME comes first. Asks on a terminal; without one it needs --yes. The inventory stays as it is.

Exit codes: 0 done; 1 declined; 2 refused, or a name is wrong.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %> nuc2',
    '<%= config.bin %> <%= command.id %> nuc2 nuc3 --yes',
  ]
  static override args = {
    hosts: Args.string({ description: 'Names of hosts', required: true, multiple: true, ignoreStdin: true }),
  }
  static override flags = { yes: Flags.boolean({ char: 'y', default: false, description: 'Do not ask' }) }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(HostForget)
    this.needYes(flags.yes, 'host forget')
    const { document } = await import('../../src/ui/json.js')
    const { forgetQuestionLines, hostVerbLines } = await import('../../src/ui/host-verbs.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        if (!flags.yes) {
          this.say(forgetQuestionLines(await hc.planForget(args.hosts), this.onErr))
          if (!(await this.confirm(`Forget ${args.hosts.join(', ')}?`))) {
            this.endDeclined()
            return document({ declined: true })
          }
        }
        const hosts = await hc.forgetHosts(args.hosts)
        this.print(hostVerbLines(hosts, this.onOut))
        if (hosts.some(({ changed }) => changed)) this.suggest('hc plan shows what is placed anew')
        return document({ hosts })
      },
    )
  }
}
