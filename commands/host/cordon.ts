import { Args } from '@oclif/core'
import { HcCommand, prose } from '../../src/ui/command.js'

export default class HostCordon extends HcCommand {
  static override summary = 'Let hosts take no new allocations; what is there stays'
  static override description =
    prose(`Recorded at once, also for a host that is out of reach. What is there is still restarted and updated there. hc host uncordon
ends it. The patterns are Ansible's: nuc2, web, web:&prod, nuc*.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %> nuc2',
    "<%= config.bin %> <%= command.id %> 'rack-a:!nuc1'",
  ]
  static override args = {
    hosts: Args.string({ description: 'Hosts, groups or patterns', required: true, multiple: true, ignoreStdin: true }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(HostCordon)
    const { document } = await import('../../src/ui/json.js')
    const { hostWordLines, nextAfterCordon } = await import('../../src/ui/host-words.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const hosts = []
        for (const name of await hc.hostNames(args.hosts)) hosts.push(await hc.cordonHost(name))
        this.print(hostWordLines(hosts, this.onOut))
        const next = nextAfterCordon(hosts)
        if (next !== null) this.suggest(next)
        return document({ hosts })
      },
    )
  }
}
