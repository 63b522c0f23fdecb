import { Args } from '@oclif/core'
import { HcCommand, prose } from '../../src/ui/command.js'

export default class HostUncordon extends HcCommand {
  static override summary = 'Let hosts take allocations again: ends a cordon and a drain'
  static override description =
    prose(`Recorded at once, also for a host that is out of reach. What has left a drained host stays where it is now (but for jobs with failback:
home); hc rebalance shows what would gain by going back. It also ends the time for which a host that was lost repeatedly is held back.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %> nuc2',
    '<%= config.bin %> <%= command.id %> all --json',
  ]
  static override args = {
    hosts: Args.string({ description: 'Hosts, groups or patterns', required: true, multiple: true, ignoreStdin: true }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(HostUncordon)
    const { document } = await import('../../src/ui/json.js')
    const { hostWordLines } = await import('../../src/ui/host-words.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const hosts = []
        for (const name of await hc.hostNames(args.hosts)) hosts.push(await hc.uncordonHost(name))
        this.print(hostWordLines(hosts, this.onOut))
        return document({ hosts })
      },
    )
  }
}
