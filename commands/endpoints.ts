import { Args, Flags } from '@oclif/core'
import { HcCommand, prose } from '../src/ui/command.js'

export default class Endpoints extends HcCommand {
  static override summary = 'Show where everything answers: address and port of each allocation'
  static override description =
    prose(`--hosts prints lines for /etc/hosts, --caddy a Caddyfile snippet per port of each job, to be taken up in a site by
"import hc-JOB-PORT". --watch stays and prints them again whenever something answers elsewhere; the variable hc_on_change
has the loop run a program then.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> web --hosts',
    '<%= config.bin %> <%= command.id %> --caddy > /etc/caddy/hc.caddy',
  ]
  static override args = { job: Args.string({ description: 'Only this job', ignoreStdin: true }) }
  static override flags = {
    hosts: Flags.boolean({ default: false, description: 'As lines for /etc/hosts', exclusive: ['caddy'] }),
    watch: Flags.boolean({
      char: 'w',
      default: false,
      description: 'Print them again whenever they change, until Ctrl-C',
    }),
    caddy: Flags.boolean({ default: false, description: 'As snippets for a Caddyfile' }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Endpoints)
    this.follows = flags.watch
    const { document } = await import('../src/ui/json.js')
    const { endpointFormat, endpointsOfView } = await import('../src/ui/endpoints.js')
    const lines = endpointFormat(flags.hosts ? 'hosts' : flags.caddy ? 'caddy' : 'table', this.onOut)
    return this.withHc(
      flags,
      () => import('../src/hc.js'),
      async (hc, signal) => {
        const endpoints = await hc.endpoints(args.job ?? null)
        if (!flags.watch) {
          this.print(lines(endpoints))
          return document({ endpoints })
        }
        let before: string | null = null
        await hc.watch({
          signal,
          onView: (view) => {
            const now = endpointsOfView(view, args.job ?? null)
            if (now === null || JSON.stringify(now) === before) return
            if (before !== null && !this.jsonEnabled()) this.print([''])
            before = JSON.stringify(now)
            if (this.jsonEnabled()) this.printJsonLine(document({ endpoints: now }))
            else this.print(lines(now))
          },
          onTrouble: (text) => {
            if (text !== null) this.warnOf(text)
          },
        })
        return undefined
      },
    )
  }
}
