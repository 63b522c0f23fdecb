import { Args } from '@oclif/core'
import { HcCommand, prose } from '../../src/ui/command.js'

export default class HostConfirmLost extends HcCommand {
  static override summary = 'Say that hosts are off, so that their exclusive work may be started elsewhere'
  static override description =
    prose(`For a host that is lost and ran exclusive work: hc can't see whether it still runs there, so it waits. Your word takes the place of a proof: make sure that the power is off. Refused while the host answers, also to pings. It holds until the
host answers again. What is known of the host stays; if it never comes back, hc host forget is the next word.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %> nuc2',
    '<%= config.bin %> <%= command.id %> nuc2 nuc3',
  ]
  static override args = {
    hosts: Args.string({ description: 'Names of hosts', required: true, multiple: true, ignoreStdin: true }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(HostConfirmLost)
    const { document } = await import('../../src/ui/json.js')
    const { hostVerbLines } = await import('../../src/ui/host-verbs.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const hosts = await hc.confirmLost(args.hosts)
        this.print(hostVerbLines(hosts, this.onOut))
        if (hosts.some(({ slots }) => slots.length > 0)) this.suggest('hc status')
        return document({ hosts })
      },
    )
  }
}
