import { Args, Flags } from '@oclif/core'
import { HcCommand, prose } from '../src/ui/command.js'

export default class Status extends HcCommand {
  static override summary = 'Show whether all is well, and if not, what and why'
  static override description =
    prose(`One look at every host: hosts with verdict and use, jobs with their allocations, what has no place and what waits.
With --watch it shows what the loop sees, tick by tick; where no loop ticks, it looks by itself.

Exit codes: 0 converged; 1 not; 130 after Ctrl-C.`)
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
    watch: Flags.boolean({ char: 'w', default: false, description: 'Show it again every second until Ctrl-C' }),
    output: Flags.string({ char: 'o', description: 'More columns', options: ['wide'] }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Status)
    this.follows = flags.watch
    const { exitOfStatus } = await import('../src/ui/exit-codes.js')
    const { document } = await import('../src/ui/json.js')
    const { fittingLines, statusLines } = await import('../src/ui/status.js')
    const wide = flags.output === 'wide'
    const all = wide || args.name !== undefined
    return this.withHc(
      flags,
      () => import('../src/hc.js'),
      async (hc, signal) => {
        if (!flags.watch) {
          const view = await hc.status(args.name ?? null)
          this.print(statusLines(view, this.onOut, wide, all))
          this.endWith(exitOfStatus(view))
          return document(view)
        }
        const { watchScreen } = await import('../src/ui/watch.js')
        const screen = watchScreen(this.terminal.out)
        await hc.watch({
          signal,
          filter: args.name ?? null,
          onView: (view) => {
            if (this.jsonEnabled()) this.printJsonLine(document(view))
            else
              screen.show((height) =>
                height === null || wide
                  ? statusLines(view, this.onOut, wide, all)
                  : fittingLines(view, this.onOut, height),
              )
            this.endWith(exitOfStatus(view))
          },
          onTrouble: (text) => {
            if (this.terminal.out.isTTY && !this.jsonEnabled()) screen.warn(text, this.onOut)
            else if (text !== null) this.warnOf(text)
          },
        })
        return undefined
      },
    )
  }
}
