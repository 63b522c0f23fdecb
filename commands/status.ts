import { Args, Flags } from '@oclif/core'
import { HcCommand, prose } from '../src/ui/command.js'

/** ms between two looks with --watch. */
const INTERVAL = 2_000

export default class Status extends HcCommand {
  static override summary = 'Show whether all is well, and if not, what and why'
  static override description =
    prose(`One look at every host: hosts with verdict and use, jobs with their allocations, what has no place and what waits.

Exit codes: 0 converged; 1 not.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> web',
    '<%= config.bin %> <%= command.id %> nuc1 -o wide',
    '<%= config.bin %> <%= command.id %> --watch',
  ]
  static override args = {
    name: Args.string({ description: 'Only this job or this host', ignoreStdin: true }),
  }
  static override flags = {
    watch: Flags.boolean({ char: 'w', default: false, description: 'Look again every 2 seconds until Ctrl-C' }),
    output: Flags.string({ char: 'o', description: 'More columns', options: ['wide'] }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Status)
    this.follows = flags.watch
    const { exitOfStatus } = await import('../src/ui/exit-codes.js')
    const { document } = await import('../src/ui/json.js')
    const { statusLines } = await import('../src/ui/status.js')
    const wide = flags.output === 'wide'
    return this.withHc(
      flags,
      () => import('../src/hc.js'),
      async (hc, signal) => {
        const look = () => hc.status(args.name ?? null)
        if (!flags.watch) {
          const view = await look()
          this.print(statusLines(view, this.onOut, wide))
          this.endWith(exitOfStatus(view))
          return document(view)
        }
        const { watchScreen } = await import('../src/ui/watch.js')
        const show = watchScreen(this.terminal.out)
        while (!signal.aborted) {
          const view = await look()
          if (this.jsonEnabled()) this.printJsonLine(document(view))
          else show(statusLines(view, this.onOut, wide))
          this.endWith(exitOfStatus(view))
          await this.terminal.sleep(INTERVAL, signal)
        }
        return undefined
      },
    )
  }
}
