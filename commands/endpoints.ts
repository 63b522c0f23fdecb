import { Args, Flags } from '@oclif/core'
import { HcCommand, prose } from '../src/ui/command.js'

export default class Endpoints extends HcCommand {
  static override summary = 'Show where everything answers: address and port of each allocation'
  static override description =
    prose(`--hosts prints lines for /etc/hosts, --caddy a Caddyfile snippet per port of each job, to be taken up in a site by
"import hc-JOB-PORT".`)
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> web --hosts',
    '<%= config.bin %> <%= command.id %> --caddy > /etc/caddy/hc.caddy',
  ]
  static override args = { job: Args.string({ description: 'Only this job', ignoreStdin: true }) }
  static override flags = {
    hosts: Flags.boolean({ default: false, description: 'As lines for /etc/hosts', exclusive: ['caddy'] }),
    caddy: Flags.boolean({ default: false, description: 'As snippets for a Caddyfile' }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Endpoints)
    const { document } = await import('../src/ui/json.js')
    const { caddyLines, endpointsLines, hostsFileLines } = await import('../src/ui/endpoints.js')
    return this.withHc(
      flags,
      () => import('../src/hc.js'),
      async (hc) => {
        const endpoints = await hc.endpoints(args.job ?? null)
        if (flags.hosts) this.print(hostsFileLines(endpoints))
        else if (flags.caddy) this.print(caddyLines(endpoints))
        else this.print(endpointsLines(endpoints, this.onOut))
        return document({ endpoints })
      },
    )
  }
}
