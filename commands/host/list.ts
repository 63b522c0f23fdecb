import { Flags } from '@oclif/core'
import { HcCommand, prose } from '../../src/ui/command.js'

export default class HostList extends HcCommand {
  static override summary = 'List the hosts: address, verdict, drivers, labels'
  static override description =
    prose(`A look at every host, as hc status takes it: is it ready, what does it have, is it cordoned or drained. Hosts that are lost, or can't be
used, are listed too; hc host show NAME says why. Nothing is changed.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --limit web -o wide',
  ]
  static override flags = {
    output: Flags.string({ char: 'o', description: 'More columns: wide', options: ['wide'] }),
    limit: Flags.string({
      char: 'l',
      helpValue: 'PATTERN',
      description: "Only these hosts: Ansible's patterns, web:&prod, nuc*",
    }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(HostList)
    const { hostListLines } = await import('../../src/ui/hosts.js')
    const { document } = await import('../../src/ui/json.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const limit = flags.limit === undefined ? null : await hc.hostNames([flags.limit])
        const hosts = (await hc.hosts()).filter(({ name }) => limit === null || limit.includes(name))
        this.print(hostListLines(hosts, this.onOut, flags.output === 'wide'))
        return document({ hosts })
      },
    )
  }
}
